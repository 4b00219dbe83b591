namespace FaceAspire.ModelHub.Weights;

/// <summary>A tensor of a PyTorch file: which numbers of a storage it has, in which order.</summary>
/// <param name="Storage">The numbers.</param>
/// <param name="Offset">The first one.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="Strides">Numbers from one to the next in each dimension.</param>
internal sealed record TorchTensor(TorchStorage Storage, int Offset, int[] Shape, int[] Strides)
{
    /// <summary>Whether its numbers are not whole.</summary>
    public bool IsFloating => Storage.Class is "torch.FloatStorage" or "torch.DoubleStorage" or "torch.HalfStorage" or "torch.BFloat16Storage";

    /// <summary>The tensor of a call of <c>_rebuild_tensor_v2</c>.</summary>
    /// <exception cref="InvalidDataException">It lies outside of its storage.</exception>
    public static TorchTensor Of(TorchStorage storage, long offset, List<object?> shape, List<object?> strides)
    {
        const int MostDimensions = 8;
        long last = offset;
        long count = 1;
        bool valid = offset >= 0 && shape.Count == strides.Count && shape.Count <= MostDimensions;
        for (int i = 0; valid && i < shape.Count; i++)
        {
            valid = (shape[i], strides[i]) is (long and >= 0 and <= int.MaxValue, long and >= 0 and <= int.MaxValue);
            if (valid)
            {
                count *= (long)shape[i]!;
                last += ((long)shape[i]! - 1) * (long)strides[i]!;
                valid = count <= storage.Count && last <= int.MaxValue; // no number twice: a stride of 0 would make much of little
            }
        }

        return valid && (count == 0 || last < storage.Count)
            ? new(storage, (int)offset, [.. shape.Select(static size => (int)(long)size!)], [.. strides.Select(static stride => (int)(long)stride!)])
            : throw new InvalidDataException($"A tensor of the pickle lies outside of its storage '{storage.Key}'.");
    }

    /// <summary>Reads its numbers out of the bytes of its storage.</summary>
    public void Read(ReadOnlySpan<byte> bytes, Span<float> destination)
    {
        int size = Storage.NumberSize;
        Span<int> index = stackalloc int[Shape.Length];
        index.Clear();
        int position = Offset;
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = Number(bytes.Slice(position * size, size));
            for (int dimension = Shape.Length - 1; dimension >= 0; dimension--)
            {
                position += Strides[dimension];
                if (++index[dimension] < Shape[dimension])
                {
                    break;
                }

                position -= Strides[dimension] * Shape[dimension];
                index[dimension] = 0;
            }
        }
    }

    private float Number(ReadOnlySpan<byte> bytes) => Storage.Class switch
    {
        "torch.FloatStorage" => BitConverter.ToSingle(bytes),
        "torch.DoubleStorage" => (float)BitConverter.ToDouble(bytes),
        "torch.HalfStorage" => (float)BitConverter.ToHalf(bytes),
        _ => BitConverter.Int32BitsToSingle(BitConverter.ToUInt16(bytes) << 16),
    };
}
