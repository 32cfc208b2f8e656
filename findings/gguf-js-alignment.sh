#!/usr/bin/env bash
# The JavaScript GGUF package rewrites a header without the alignment that the header states.
#
# Expected: buildGgufHeader, which renames a model or edits other metadata, pads the new header to
#   the file's own general.alignment, so that the tensors lie where readers look for them.
# Seen: it pads to 32 unless told otherwise by an option, though the metadata in its hands says 64
#   and the same package's reader obeys that. Header plus old tensor data make a file in which every
#   reader starts 32 bytes too late: wrong weights, no error.
# Versions: @huggingface/gguf 0.4.6, Node 20. Date: 2026-11-28.
# Source: GGUF specification of ggml, "general.alignment" (the alignment to use; 32 if not written);
#   the comment of buildGgufHeader calls the result ready for editing a file.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > npm.log
npm install --ignore-scripts --no-audit --no-fund --loglevel=error @huggingface/gguf@0.4.6 >> npm.log

cat > look.mjs <<'JS'
import { readFileSync, writeFileSync } from 'node:fs';
import { gguf, buildGgufHeader } from '@huggingface/gguf';

const u32 = (value) => { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(value); return bytes; };
const u64 = (value) => { const bytes = Buffer.alloc(8); bytes.writeBigUInt64LE(BigInt(value)); return bytes; };
const text = (value) => Buffer.concat([u64(value.length), Buffer.from(value)]);
const read = async (name) => {
  const model = await gguf(name, { allowLocalFile: true, typedMetadata: true });
  return { ...model, start: Number(model.tensorDataOffset) };
};

// One tensor "w" of sixteen floats 0, 1, 2, ..., in a file aligned to 64 bytes.
const header = Buffer.concat([Buffer.from('GGUF'), u32(3), u64(1), u64(2),
  text('general.architecture'), u32(8), text('clip'), text('general.alignment'), u32(4), u32(64),
  text('w'), u32(1), u64(16), u32(0), u64(0)]);
const floats = Buffer.from(Float32Array.from({ length: 16 }, (_, i) => i).buffer);
writeFileSync('old.gguf', Buffer.concat([header, Buffer.alloc(-header.length & 63), floats, Buffer.alloc(64)]));

const old = await read('old.gguf');
const bytes = readFileSync('old.gguf');
const edited = await buildGgufHeader(new Blob([bytes]), old.typedMetadata,
  { littleEndian: true, tensorInfoByteRange: old.tensorInfoByteRange });
writeFileSync('new.gguf', Buffer.concat([Buffer.from(await edited.arrayBuffer()), bytes.subarray(old.start)]));

const now = await read('new.gguf');
const first = readFileSync('new.gguf').readFloatLE(now.start);
console.log(`old file: header padded to ${old.start}, first weight ${bytes.readFloatLE(old.start)}`);
console.log(`new file: header padded to ${edited.size}, the reader looks at ${now.start}, first weight ${first}`);
process.exit(old.start % 64 === 0 && edited.size % 64 === 32 && first === 8 ? 0 : 1);
JS
node look.mjs
