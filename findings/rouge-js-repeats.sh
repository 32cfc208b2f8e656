#!/usr/bin/env bash
# The npm package rouge scores a caption with a repeated word below 1 against itself.
#
# Expected: ROUGE-1 of a text against itself is 1: matches are counted with their multiplicity.
# Seen: matches are counted once per different word but divided by all words of the reference, so
#   "the dog and the cat" scores 0.8 against itself. Most English captions repeat an article. The
#   successor js-rouge counts as the definition does.
# Versions: rouge 1.0.3 against js-rouge 3.2.3, Node 20. Date: 2026-11-28.
# Source: Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries", section 2 (Count_match
#   is the maximum number of n-grams co-occurring); the package's src/rouge.js.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > npm.log
npm install --ignore-scripts --no-audit --no-fund --loglevel=error rouge@1.0.3 js-rouge@3.2.3 >> npm.log

cat > look.cjs <<'JS'
const old = require('rouge');
const successor = require('js-rouge');

const seen = ['one dog and a cat', 'the dog and the cat'].map((caption) => {
  const scores = [old.n(caption, caption, 1), successor.n(caption, caption, { n: 1 })];
  console.log(`ROUGE-1 of "${caption}" against itself: rouge ${scores[0]}, js-rouge ${scores[1]}`);
  return scores;
});
process.exit(seen.flat().join() === '1,1,0.8,1' ? 0 : 1);
JS
node look.cjs
