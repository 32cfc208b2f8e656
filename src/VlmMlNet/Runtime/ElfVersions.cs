using System.Buffers.Binary;
using System.Text;

namespace VlmMlNet.Runtime;

/// <summary>Relaxes the symbol-version needs of an x86-64 ELF library that was linked against a newer libstdc++.</summary>
/// <remarks>Layouts: System V ABI (ELF-64 object file format) and the GNU symbol-versioning extension.</remarks>
internal static class ElfVersions
{
    private const ulong DynamicStringTable = 5, DynamicSymbolTable = 6, DynamicRela = 7, DynamicRelaSize = 8;
    private const ulong DynamicJumpRelocations = 23, DynamicJumpRelocationsSize = 2;
    private const ulong DynamicSymbolVersions = 0x6ffffff0, DynamicVersionNeed = 0x6ffffffe, DynamicVersionNeedCount = 0x6fffffff;
    private const uint ElfMagic = 0x464c457f, SegmentLoad = 1, SegmentDynamic = 2;
    private const ushort MachineX64 = 62, WeakVersionFlag = 2;
    private const int SymbolSize = 24, RelocationSize = 24, DynamicEntrySize = 16;

    // GCC 12 gave this function a second version name; the first is in every libstdc++ since GCC 4.4.
    private const string ConditionVariableWait = "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE";
    private const string ConditionVariableVersion = "GLIBCXX_3.4.11";

    // GCC 12, the newest libstdc++ that a supported distribution may lack things from (Debian 12, RHEL 9, Ubuntu 22.04).
    private const int FirstRelaxedMinor = 30;

    private readonly record struct Segment(ulong Address, ulong Offset, ulong Size);

    /// <summary>Edits <paramref name="image"/> in place: version needs that no relocated symbol uses become weak.</summary>
    /// <returns>The versions made optional; empty when nothing could or had to be changed.</returns>
    public static IReadOnlyList<string> Relax(byte[] image)
    {
        var relaxed = new List<string>();
        if (!IsElf64ForX64(image))
            return relaxed;

        var (segments, dynamic) = ReadSegments(image);
        if (!dynamic.TryGetValue(DynamicVersionNeed, out ulong needs) || !dynamic.TryGetValue(DynamicSymbolVersions, out ulong symbolVersions))
            return relaxed;

        int strings = OffsetOf(segments, dynamic[DynamicStringTable]);
        int symbols = OffsetOf(segments, dynamic[DynamicSymbolTable]);
        int versions = OffsetOf(segments, symbolVersions);
        var used = RelocatedSymbols(image, segments, dynamic);

        int need = OffsetOf(segments, needs);
        for (ulong n = 0; n < dynamic[DynamicVersionNeedCount]; n++, need += (int)U32(image, need + 12))
        {
            // Verneed: version u16, count u16, file name u32, first Vernaux u32, next u32
            if (Text(image, strings, U32(image, need + 4)) != "libstdc++.so.6")
                continue;
            var entries = NeededVersions(image, need, strings);
            foreach (var (name, at) in entries)
                if (IsTooNew(name) && TryRelax(image, at, entries, used, strings, symbols, versions))
                    relaxed.Add(name);
        }
        return relaxed;
    }

    private static bool IsElf64ForX64(byte[] b) =>
        b.Length >= 64 && U32(b, 0) == ElfMagic && b[4] == 2 /* 64 bit */ && b[5] == 1 /* little endian */ && U16(b, 18) == MachineX64;

    private static bool IsTooNew(string version) =>
        version.StartsWith("GLIBCXX_3.4.", StringComparison.Ordinal) && int.TryParse(version.AsSpan(12), out int minor) && minor >= FirstRelaxedMinor;

    private static bool TryRelax(byte[] b, int at, Dictionary<string, int> entries, HashSet<uint> used, int strings, int symbols, int versions)
    {
        // Vernaux: hash u32, flags u16, version index u16, name u32, next u32
        int index = U16(b, at + 6);
        var moves = new List<uint>();
        foreach (uint symbol in used)
        {
            if ((U16(b, versions + 2 * (int)symbol) & 0x7fff) != index)
                continue;
            if (Text(b, strings, U32(b, symbols + SymbolSize * (int)symbol)) != ConditionVariableWait || !entries.ContainsKey(ConditionVariableVersion))
                return false; // a symbol we know nothing about: the need stays strict
            moves.Add(symbol);
        }
        foreach (uint symbol in moves)
            Write(b, versions + 2 * (int)symbol, U16(b, entries[ConditionVariableVersion] + 6));
        Write(b, at + 4, (ushort)(U16(b, at + 4) | WeakVersionFlag));
        return true;
    }

    private static (List<Segment> Loads, Dictionary<ulong, ulong> Dynamic) ReadSegments(byte[] b)
    {
        var loads = new List<Segment>();
        var dynamic = new Dictionary<ulong, ulong>();
        int header = (int)U64(b, 32), size = U16(b, 54), count = U16(b, 56);
        for (int i = 0; i < count; i++, header += size)
        {
            ulong offset = U64(b, header + 8), address = U64(b, header + 16), fileSize = U64(b, header + 32);
            uint type = U32(b, header);
            if (type == SegmentLoad)
                loads.Add(new Segment(address, offset, fileSize));
            else if (type == SegmentDynamic)
                for (int o = (int)offset; o < (int)(offset + fileSize) && U64(b, o) != 0; o += DynamicEntrySize)
                    dynamic[U64(b, o)] = U64(b, o + 8);
        }
        return (loads, dynamic);
    }

    private static HashSet<uint> RelocatedSymbols(byte[] b, List<Segment> segments, Dictionary<ulong, ulong> dynamic)
    {
        var used = new HashSet<uint>();
        foreach (var (table, size) in new[] { (DynamicRela, DynamicRelaSize), (DynamicJumpRelocations, DynamicJumpRelocationsSize) })
        {
            if (!dynamic.TryGetValue(table, out ulong address))
                continue;
            int start = OffsetOf(segments, address);
            for (int o = start; o < start + (int)dynamic[size]; o += RelocationSize)
                used.Add((uint)(U64(b, o + 8) >> 32));
        }
        return used;
    }

    private static Dictionary<string, int> NeededVersions(byte[] b, int need, int strings)
    {
        var entries = new Dictionary<string, int>();
        int at = need + (int)U32(b, need + 8);
        for (int i = 0; i < U16(b, need + 2); i++, at += (int)U32(b, at + 12))
            entries[Text(b, strings, U32(b, at + 8))] = at;
        return entries;
    }

    private static int OffsetOf(List<Segment> segments, ulong address)
    {
        foreach (var s in segments)
            if (address >= s.Address && address < s.Address + s.Size)
                return (int)(address - s.Address + s.Offset);
        throw new BadImageFormatException("An address of the ELF file lies outside every segment.");
    }

    private static string Text(byte[] b, int table, uint offset)
    {
        int start = table + (int)offset;
        return Encoding.ASCII.GetString(b, start, Array.IndexOf(b, (byte)0, start) - start);
    }

    private static ushort U16(byte[] b, int o) => BinaryPrimitives.ReadUInt16LittleEndian(b.AsSpan(o));

    private static uint U32(byte[] b, int o) => BinaryPrimitives.ReadUInt32LittleEndian(b.AsSpan(o));

    private static ulong U64(byte[] b, int o) => BinaryPrimitives.ReadUInt64LittleEndian(b.AsSpan(o));

    private static void Write(byte[] b, int o, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(b.AsSpan(o), value);
}
