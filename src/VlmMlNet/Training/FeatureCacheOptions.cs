namespace VlmMlNet.Training;

/// <summary>Keeps what a frozen image encoder makes of pictures in a file, for later epochs, stages and runs.</summary>
/// <remarks>
/// A picture is known by the SHA-256 of its bytes, an encoder by that of its weights, its shape, the preprocessing and the versions of the
/// decoding and computing libraries: a file that was changed, or another model, never has another one's features, and each record has a
/// checksum of its own. What is not there, damaged or does not fit is computed, with the same result. A picture takes patches x width
/// x 4 bytes (SigLIP so400m at 224: 1.2 MB). Stages that train the image encoder, and those with augmentation, compute all.
/// </remarks>
public sealed record FeatureCacheOptions
{
    /// <summary>The folder, which nobody else may use meanwhile. It stays when the training ends. Null: within the folder of a
    /// training of several stages that has one, until its last stage with a frozen encoder is finished; elsewhere it has to be given. Default null.</summary>
    public string? Folder { get; init; }

    /// <summary>Most bytes in the folder; of what the disk has free, half stays free in any case. What other encoders have made is removed for it, the oldest first. Default 8 GiB.</summary>
    public long MaxBytes { get; init; } = 8L << 30;

    /// <summary>Float32: training learns the same to the last bit. BFloat16: half the size; features are rounded to 8 bits of precision, whether
    /// they come from the file or not. Default float32.</summary>
    public WeightPrecision Precision { get; init; } = WeightPrecision.Float32;

    internal void Check()
    {
        if (string.IsNullOrWhiteSpace(Folder))
            throw new ArgumentException($"{nameof(FeatureCacheOptions)}: {nameof(Folder)} is not given.");
        if (MaxBytes <= 0)
            throw new ArgumentException($"{nameof(FeatureCacheOptions)}: {nameof(MaxBytes)} is {MaxBytes}; it must be positive. To keep nothing, give no cache.");
        if (Precision is not (WeightPrecision.Float32 or WeightPrecision.BFloat16))
            throw new ArgumentException($"{nameof(FeatureCacheOptions)}: {nameof(Precision)} is {Precision}; features are kept in {WeightPrecision.Float32} or {WeightPrecision.BFloat16}.");
    }
}
