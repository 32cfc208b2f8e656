#!/usr/bin/env bash
# transformers.js shrinks pictures without averaging.
#
# Expected: RawImage.resize with 'bilinear' or 'bicubic' makes what the Python processors make, which
#   call Pillow: each pixel of a smaller picture is a weighted mean of all pixels that it covers.
# Seen: in Node both kinds take single points. A 64x64 picture with a white column in every four
#   becomes plain white (255) at 16x16 instead of grey (64; Pillow 9.4 gives 64 in the middle for
#   bilinear, bicubic and box alike). Only 'lanczos' averages. A CLIP or SigLIP model therefore sees
#   other pictures in JavaScript than in Python.
# Versions: @huggingface/transformers 4.3.2 with sharp 0.35.5, Node 20. Date: 2026-11-28.
# Source: the comment above the affine call in the package's src/utils/image.js promises Pillow's
#   result; lovell/sharp issue 3917 tells that affine reduces without filtering.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > npm.log
npm install --ignore-scripts --no-audit --no-fund --loglevel=error \
  @huggingface/transformers@4.3.2 sharp@0.35.5 >> npm.log

cat > look.mjs <<'JS'
import { RawImage } from '@huggingface/transformers';
import sharp from 'sharp';

const size = 64;
const pixels = new Uint8ClampedArray(size * size * 3);
for (let i = 0; i < size * size; i++) pixels.fill(i % 4 === 0 ? 255 : 0, 3 * i, 3 * i + 3);

const middle = (data) => data[(8 * 16 + 8) * 3];
const picture = new RawImage(pixels, size, size, 3);
const seen = {};
for (const resample of ['bilinear', 'bicubic', 'lanczos'])
  seen[resample] = middle((await picture.resize(16, 16, { resample })).data);
const raw = { raw: { width: size, height: size, channels: 3 } };
seen['sharp itself, kernel cubic'] = middle(
  await sharp(Buffer.from(pixels), raw).resize(16, 16, { kernel: 'cubic', fit: 'fill' }).raw().toBuffer());

console.log('middle pixel of a picture that is one quarter white, shrunk to a quarter of its width:');
console.log(seen);
process.exit(seen.bilinear === 255 && seen.bicubic === 255 && seen.lanczos === 64 ? 0 : 1);
JS
node look.mjs
