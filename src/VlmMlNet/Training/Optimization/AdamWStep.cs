namespace VlmMlNet.Training.Optimization;

/// <summary>The numbers of one step, the same for all weights of a group.</summary>
/// <param name="Number">The step, from 1 on.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="Keep">What the weights are multiplied with: 1 - rate x weight decay.</param>
/// <param name="Move">-rate / (1 - Beta1^Number).</param>
/// <param name="Scale">The root of 1 - Beta2^Number.</param>
/// <param name="GradientFactor">What gradients are multiplied with first: less than 1 where they are clipped.</param>
internal readonly record struct AdamWStep(long Number, double Beta1, double Beta2, double Epsilon, double Keep, double Move, double Scale, double GradientFactor);
