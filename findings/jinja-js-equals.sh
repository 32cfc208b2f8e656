#!/usr/bin/env bash
# The JavaScript Jinja for chat templates compares as JavaScript's == does, not as Python's.
#
# Expected: in a template '' == 0 and '1' == 1 are false (a text is no number), and two lists with
#   the same items are equal.
# Seen: the contrary of all of them. An empty message "equals" 0 and false, the text "1" equals 1 and
#   true, and [1] == [1] is false, for lists are equal only if they are one object. A template that
#   compares an answer with a number takes another branch than it takes in Python.
# Versions: @huggingface/jinja 0.5.11, Node 20. Date: 2026-11-28.
# Source: Jinja's documentation, "Template Designer Documentation", section "Comparisons" (== compares
#   two objects for equality, by Python's rules); the package's page calls itself an implementation of
#   Jinja for chat templates.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > npm.log
npm install --ignore-scripts --no-audit --no-fund --loglevel=error @huggingface/jinja@0.5.11 >> npm.log

cat > look.mjs <<'JS'
import { Template } from '@huggingface/jinja';

const python = { "'' == 0": false, "'' == false": false, "'1' == 1": false, "'1' == true": false,
  '[1] == [1]': true, '[1, 2] != [1, 2]': false };
let contrary = true;
for (const [expression, wanted] of Object.entries(python)) {
  const seen = new Template(`{{ 'true' if ${expression} else 'false' }}`).render({});
  console.log(`${expression}: Python ${wanted}, here ${seen}`);
  contrary &&= seen === String(!wanted);
}
process.exit(contrary ? 0 : 1);
JS
node look.mjs
