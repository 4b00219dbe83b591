namespace FaceAspire.ModelHub.Weights;

/// <summary>A class or function that a pickle of tensors may name. None is ever called: each stands for a value that is made here.</summary>
internal sealed record PickleClass(string Name)
{
    private const string Storage = "Storage";

    /// <summary>A known one.</summary>
    /// <exception cref="InvalidDataException">It is none of those that files of tensors name.</exception>
    public static PickleClass Of(string name) => name is "collections.OrderedDict" or "torch._utils._rebuild_tensor_v2" or "torch._utils._rebuild_parameter" || TorchStorage.SizeOf(name) > 0
        ? new(name)
        : throw new InvalidDataException($"The pickle names '{name}', which no file of tensors needs.");

    /// <summary>What a call of it would give.</summary>
    /// <exception cref="InvalidDataException">The arguments are not those of such a file.</exception>
    public object? Make(List<object?> arguments) => (Name, arguments) switch
    {
        ("collections.OrderedDict", []) => new List<KeyValuePair<object?, object?>>(),
        ("torch._utils._rebuild_parameter", [TorchTensor tensor, ..]) => tensor,
        ("torch._utils._rebuild_tensor_v2", [TorchStorage storage, long offset, List<object?> shape, List<object?> strides, ..]) => TorchTensor.Of(storage, offset, shape, strides),
        _ => throw new InvalidDataException($"The pickle calls '{Name}' with other arguments than a file of tensors."),
    };

    /// <inheritdoc/>
    public override string ToString() => Name.EndsWith(Storage, StringComparison.Ordinal) ? Name[..^Storage.Length] : Name;
}
