namespace VlmMlNet.Text;

/// <summary>How far <see cref="BpeTrainer"/> is.</summary>
/// <param name="Merges">The merges that have been found.</param>
/// <param name="TargetMerges">The merges that are wanted.</param>
public readonly record struct BpeTrainingProgress(int Merges, int TargetMerges);
