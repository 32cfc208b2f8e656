#!/usr/bin/env bash
# The pure JavaScript tokenizers package finds whole-word tokens inside of words.
#
# Expected: an added token with "single_word": true in tokenizer.json is found only between word
#   boundaries, so that the token "cat" is not found in "concat".
# Seen: the package keeps the flag and never asks for it, unlike its neighbours (lstrip, rstrip,
#   normalized): "concat" becomes c o n cat. The same file in the reference implementation, of the
#   same publisher, gives c o n c a t. Ids differ from those of training, silently.
# Versions: @huggingface/tokenizers 0.2.0 against tokenizers 0.23.2, Node 20. Date: 2026-11-28.
# Source: documentation of Tokenizers, page "Added Tokens", parameter single_word.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > npm.log
npm install --ignore-scripts --no-audit --no-fund --loglevel=error \
  @huggingface/tokenizers@0.2.0 tokenizers@0.23.2 >> npm.log

cat > look.mjs <<'JS'
import reference from 'tokenizers';
import { Tokenizer } from '@huggingface/tokenizers';

const vocab = Object.fromEntries([...'abcdefghijklmnopqrstuvwxyz'].map((letter, id) => [letter, id]));
const file = {
  version: '1.0', truncation: null, padding: null, normalizer: null,
  pre_tokenizer: { type: 'WhitespaceSplit' }, post_processor: null, decoder: null,
  added_tokens: [{ id: 26, content: 'cat', single_word: true, lstrip: false, rstrip: false,
    normalized: false, special: false }],
  model: { type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: null,
    end_of_word_suffix: null, fuse_unk: false, byte_fallback: false, vocab, merges: [] },
};

const text = 'concat cat';
const wanted = (await reference.Tokenizer.fromString(JSON.stringify(file)).encode(text)).getTokens().join(' ');
const seen = new Tokenizer(file, {}).encode(text).tokens.join(' ');
console.log(`text:                    ${text}`);
console.log(`tokenizers:              ${wanted}`);
console.log(`@huggingface/tokenizers: ${seen}`);
process.exit(wanted === 'c o n c a t cat' && seen === 'c o n cat cat' ? 0 : 1);
JS
node look.mjs
