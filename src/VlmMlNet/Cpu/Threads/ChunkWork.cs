namespace VlmMlNet.Cpu.Threads;

/// <summary>One chunk of a piece of work that a <see cref="ComputeTeam"/> does in any order.</summary>
/// <param name="chunk">From 0 on.</param>
/// <param name="worker">The member of the team, from 0 on: no two chunks run at once under one number.</param>
internal delegate void ChunkWork(int chunk, int worker);
