namespace FaceAspire.ModelHub.Weights;

/// <summary>A run of numbers to which the tensors of a PyTorch file point.</summary>
/// <param name="Class">PyTorch's name of its type, such as <c>torch.FloatStorage</c>.</param>
/// <param name="Key">Its name in the file.</param>
/// <param name="Count">How many numbers it has.</param>
internal sealed record TorchStorage(string Class, string Key, int Count)
{
    /// <summary>Bytes of one number.</summary>
    public int NumberSize => SizeOf(Class);

    /// <summary>Bytes of one number of a type; 0 for a type that is not known.</summary>
    public static int SizeOf(string type) => type switch
    {
        "torch.FloatStorage" or "torch.IntStorage" => 4,
        "torch.DoubleStorage" or "torch.LongStorage" => 8,
        "torch.HalfStorage" or "torch.BFloat16Storage" or "torch.ShortStorage" => 2,
        "torch.ByteStorage" or "torch.CharStorage" or "torch.BoolStorage" => 1,
        _ => 0,
    };

    /// <summary>The storage to which a persistent id points: <c>('storage', type, key, device, count, view)</c>.</summary>
    /// <exception cref="InvalidDataException">The id is another one.</exception>
    public static TorchStorage Of(object? id) => id is List<object?> and ["storage", PickleClass { Name: var type }, string key, _, long and >= 0 and <= int.MaxValue and var count, ..] && SizeOf(type) > 0
        ? new(type, key, (int)count)
        : throw new InvalidDataException("The pickle points to something that is no storage of numbers.");
}
