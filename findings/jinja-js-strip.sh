#!/usr/bin/env bash
# The JavaScript Jinja for chat templates ignores what strip is told to strip.
#
# Expected: "text".lstrip('\n') in a chat template drops newlines and nothing else, as in Python,
#   for which the templates are written. Templates of reasoning models cut an answer after
#   "</think>" in this way.
# Seen: strip, lstrip and rstrip take the argument and drop every white space: an answer that starts
#   with indented code loses its indent, and characters other than white space are never dropped.
#   No error, so the prompt differs from the one in Python without a word.
# Versions: @huggingface/jinja 0.5.11, Node 20. Date: 2026-11-28.
# Source: Python's documentation of str.strip; issue 64 of huggingface/swift-jinja reports the same
#   for the Swift sister, where it is mended.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > npm.log
npm install --ignore-scripts --no-audit --no-fund --loglevel=error @huggingface/jinja@0.5.11 >> npm.log

cat > look.mjs <<'JS'
import { Template } from '@huggingface/jinja';

const content = '<think>easy</think>\n\n    return 1';
const cases = [ // template, what Python gives, what is seen here
  ["{{ content.split('</think>')[-1].lstrip('\\n') }}", '    return 1', 'return 1'],
  ["{{ 'xxaxx'.strip('x') }}", 'a', 'xxaxx'],
  ["{{ 'a.  '.rstrip('.') }}", 'a.  ', 'a.'],
];
let same = true;
for (const [template, python, surprise] of cases) {
  const seen = new Template(template).render({ content });
  console.log(`${template}: Python ${JSON.stringify(python)}, here ${JSON.stringify(seen)}`);
  same &&= seen === surprise;
}
process.exit(same ? 0 : 1);
JS
node look.mjs
