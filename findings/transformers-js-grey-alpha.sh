#!/usr/bin/env bash
# transformers.js cannot read a grey picture with an alpha channel.
#
# Expected: RawImage.read takes every PNG that its image library decodes; grey with alpha is one of
#   the five colour types of the format.
# Seen: in Node it throws "unsupported number of channels: 4". The decoder hands out four channels,
#   the file's header says two, and the step that wants to go back to the file's own number only
#   knows targets of one, three and four. sharp alone decodes the same file.
# Versions: @huggingface/transformers 4.3.2 with sharp 0.35.5, Node 20. Date: 2026-11-28.
# Source: loadImageFunction and RawImage.convert in the package's src/utils/image.js; pull request
#   181 of huggingface/transformers.js brought that step for plain grey pictures. PNG specification,
#   section "Colour types and values".
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > npm.log
npm install --ignore-scripts --no-audit --no-fund --loglevel=error \
  @huggingface/transformers@4.3.2 sharp@0.35.5 >> npm.log

cat > look.mjs <<'JS'
import { deflateSync, crc32 } from 'node:zlib';
import { writeFileSync } from 'node:fs';
import { RawImage } from '@huggingface/transformers';
import sharp from 'sharp';

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

function png(colourType, row) { // two by one pixels of eight bits
  const header = Buffer.from([0, 0, 0, 2, 0, 0, 0, 1, 8, colourType, 0, 0, 0]);
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from([0, ...row]))), chunk('IEND', Buffer.alloc(0))]);
}

const pictures = { grey: png(0, [200, 100]), 'grey with alpha': png(4, [200, 255, 100, 255]),
  colour: png(2, [1, 2, 3, 4, 5, 6]), 'colour with alpha': png(6, [1, 2, 3, 255, 4, 5, 6, 255]) };
const failed = [];
for (const [name, bytes] of Object.entries(pictures)) {
  writeFileSync('picture.png', bytes);
  const { info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  let seen;
  try { seen = `${(await RawImage.read('picture.png')).channels} channels`; }
  catch (error) { failed.push(name); seen = `throws: ${error.message}`; }
  console.log(`${name}: sharp decodes ${info.width}x${info.height}; RawImage.read: ${seen}`);
}
process.exit(failed.join() === 'grey with alpha' ? 0 : 1);
JS
node look.mjs
