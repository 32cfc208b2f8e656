#!/usr/bin/env bash
# A Split pre-tokenizer that removes a string keeps it in the pure JavaScript tokenizers package.
#
# Expected: {"type": "Split", "pattern": {"String": "-"}, "behavior": "Removed"} cuts the text at
#   each "-" and drops the "-".
# Seen: the dashes stay, as tokens of their own. With the same pattern written as {"Regex": "-"} they
#   are dropped: only the String form is hit, because it is put into a capturing group and
#   JavaScript's split gives captured text back. The package's page lists behaviours that it does not
#   do (MergedWithPrevious, MergedWithNext, Contiguous); Removed is not among them.
# Versions: @huggingface/tokenizers 0.2.0 against tokenizers 0.23.2, Node 20. Date: 2026-11-28.
# Source: documentation of Tokenizers, page "Pre-tokenizers", class Split; README of
#   huggingface/tokenizers.js, section "Regex compatibility".
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

const vocab = Object.fromEntries([...'abcdefghijklmnopqrstuvwxyz-'].map((letter, id) => [letter, id]));
const file = (pattern) => ({
  version: '1.0', truncation: null, padding: null, normalizer: null, added_tokens: [],
  pre_tokenizer: { type: 'Split', pattern, behavior: 'Removed', invert: false },
  post_processor: null, decoder: null,
  model: { type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: null,
    end_of_word_suffix: null, fuse_unk: false, byte_fallback: false, vocab, merges: [] },
});

const seen = [];
for (const pattern of [{ String: '-' }, { Regex: '-' }]) {
  const encoding = await reference.Tokenizer.fromString(JSON.stringify(file(pattern))).encode('a-b--c');
  const both = [encoding.getTokens().join(' '), new Tokenizer(file(pattern), {}).encode('a-b--c').tokens.join(' ')];
  console.log(`${JSON.stringify(pattern)}: tokenizers "${both[0]}", @huggingface/tokenizers "${both[1]}"`);
  seen.push(...both);
}
process.exit(seen.join('|') === 'a b c|a - b - - c|a b c|a b c' ? 0 : 1);
JS
node look.mjs
