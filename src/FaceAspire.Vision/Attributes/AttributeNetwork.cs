using System.Buffers;
using System.Numerics.Tensors;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Attributes;

/// <summary>Runs a network that tells something of a face. Safe to call on many threads at once.</summary>
/// <param name="sessions">Session with one input N×C×H×W and one output N×classes (or N×1) per attribute.</param>
/// <param name="input">What the network wants.</param>
public sealed class AttributeNetwork(InferenceSessionPool sessions, ModelInput input)
{
    /// <summary>Runs one crop and hands the outputs to <paramref name="read"/>.</summary>
    /// <param name="crop">A crop of exactly the network's size; a face of any size for a network that takes shares.</param>
    /// <param name="read">Takes what it needs from the outputs, which are gone when it returns.</param>
    /// <param name="cancellationToken">Stops the network between two of its nodes.</param>
    public T Run<T>(PixelBuffer crop, Func<InferenceOutputs, T> read, CancellationToken cancellationToken)
    {
        int length = TensorPacker.Length(input);
        using var tensor = MemoryPool<float>.Shared.Rent(length);
        var values = tensor.Memory[..length];
        Pack(crop, values.Span);
        return sessions.Run(values, [1, input.Channels, input.Height, input.Width], read, cancellationToken);
    }

    /// <summary>Runs the crops of several faces at once and hands <paramref name="read"/> the outputs of all of them, N×classes each.</summary>
    /// <param name="crops">One a face, at least one.</param>
    /// <param name="read">Takes what it needs from the outputs, which are gone when it returns.</param>
    /// <param name="cancellationToken">Stops the network between two of its nodes.</param>
    public T Run<T>(IReadOnlyList<PixelBuffer> crops, Func<InferenceOutputs, T> read, CancellationToken cancellationToken)
    {
        int length = TensorPacker.Length(input);
        using var tensor = MemoryPool<float>.Shared.Rent(length * crops.Count);
        var values = tensor.Memory[..(length * crops.Count)];
        for (int i = 0; i < crops.Count; i++)
        {
            Pack(crops[i], values.Span.Slice(i * length, length));
        }

        return sessions.Run(values, [crops.Count, input.Channels, input.Height, input.Width], read, cancellationToken);
    }

    /// <summary>The numbers of one output, for whoever reads it within <c>Run</c>.</summary>
    /// <exception cref="FaceAspireException">One of them is not finite: <see cref="ErrorCode.InferenceError"/>.</exception>
    public ReadOnlySpan<float> ReadFinite(InferenceOutputs outputs, string tensor) => RequireFinite(outputs[tensor]);

    /// <summary>The same by the output's place in the model's own order.</summary>
    /// <exception cref="FaceAspireException">One of them is not finite: <see cref="ErrorCode.InferenceError"/>.</exception>
    public ReadOnlySpan<float> ReadFinite(InferenceOutputs outputs, int tensor) => RequireFinite(outputs[tensor]);

    private void Pack(PixelBuffer crop, Span<float> tensor)
    {
        if (input.TakesShares)
        {
            SharePacker.Pack(crop, input, InputNormalization.Base, tensor);
        }
        else
        {
            TensorPacker.Pack(crop, input, tensor);
        }
    }

    private ReadOnlySpan<float> RequireFinite(ReadOnlySpan<float> values) => TensorPrimitives.IsFiniteAll(values)
        ? values
        : throw new FaceAspireException(ErrorCode.InferenceError, $"The model '{sessions.Name}' gave numbers that are not finite.");
}
