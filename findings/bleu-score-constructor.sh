#!/usr/bin/env bash
# The npm package bleu-score gives NaN for captions with the word "constructor".
#
# Expected: a caption compared with itself scores 1, whatever its words.
# Seen: with the word "constructor" (or "valueOf") the score is NaN, and so is the mean of a whole
#   test set with one such caption. Words are counted in a plain object, which already has members of
#   those names, and a function is taken for a count.
# Versions: bleu-score 1.0.4, Node 20. Date: 2026-11-28.
# Source: Papineni et al. 2002, "BLEU: a Method for Automatic Evaluation of Machine Translation",
#   for the definition; the package's js/bleu.js.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > npm.log
npm install --ignore-scripts --no-audit --no-fund --loglevel=error bleu-score@1.0.4 >> npm.log

cat > look.cjs <<'JS'
const { bleu } = require('bleu-score');

const score = (caption) => bleu(caption, caption, 4);
const plain = score('the builder of the bridge waves');
const odd = score('the constructor of the bridge waves');
console.log(`"the builder of the bridge waves" against itself:     ${plain}`);
console.log(`"the constructor of the bridge waves" against itself: ${odd}`);
process.exit(plain === 1 && Number.isNaN(odd) ? 0 : 1);
JS
node look.cjs
