using System.Buffers;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Recognition;

/// <summary>Runs a recogniser on crops. Safe to call on many threads at once.</summary>
/// <param name="sessions">Session with one input N×C×H×W and one output N×dimension.</param>
/// <param name="input">What the network wants.</param>
/// <param name="dimension">Numbers in an embedding.</param>
/// <param name="makesUnitLength">Whether embeddings are divided by their length, as DeepFace does with VGG-Face's.</param>
public sealed class Embedder(InferenceSessionPool sessions, ModelInput input, int dimension, bool makesUnitLength = false)
{
    // More crops at once gain nothing on a CPU and cost memory: 16 of 112×112 are 2.4 MB of input.
    private const int MaxBatch = 16;

    /// <summary>One embedding per crop, in the same order.</summary>
    /// <param name="crops">Crops of exactly the network's size; faces of any size for a network that takes shares.</param>
    /// <param name="normalization">What is done to the crops' values.</param>
    /// <param name="cancellationToken">Stops the network between two of its nodes.</param>
    /// <exception cref="FaceAspireException">The network failed, or gave numbers that are not finite.</exception>
    public Embedding[] Embed(IReadOnlyList<PixelBuffer> crops, InputNormalization normalization, CancellationToken cancellationToken)
    {
        var embeddings = new Embedding[crops.Count];
        for (int start = 0; start < crops.Count; start += MaxBatch)
        {
            int count = Math.Min(MaxBatch, crops.Count - start);
            EmbedBatch(crops, start, embeddings.AsMemory(start, count), normalization, cancellationToken);
        }

        return embeddings;
    }

    private void EmbedBatch(IReadOnlyList<PixelBuffer> crops, int start, Memory<Embedding> embeddings, InputNormalization normalization, CancellationToken cancellationToken)
    {
        int length = TensorPacker.Length(input);
        using var tensor = MemoryPool<float>.Shared.Rent(length * embeddings.Length);
        var batch = tensor.Memory[..(length * embeddings.Length)];
        for (int i = 0; i < embeddings.Length; i++)
        {
            var place = batch.Span.Slice(i * length, length);
            if (input.TakesShares)
            {
                SharePacker.Pack(crops[start + i], input, normalization, place);
            }
            else
            {
                TensorPacker.Pack(crops[start + i], input, normalization, place);
            }
        }

        sessions.Run(
            batch,
            [embeddings.Length, input.Channels, input.Height, input.Width],
            outputs => Split(outputs[0], embeddings.Span),
            cancellationToken);
    }

    private bool Split(ReadOnlySpan<float> vectors, Span<Embedding> embeddings)
    {
        if (vectors.Length != dimension * embeddings.Length)
        {
            throw new FaceAspireException(
                ErrorCode.InferenceError, $"The model '{sessions.Name}' gave {vectors.Length / embeddings.Length} numbers per face where the catalogue says {dimension}.");
        }

        for (int i = 0; i < embeddings.Length; i++)
        {
            try
            {
                float[] vector = vectors.Slice(i * dimension, dimension).ToArray();
                if (makesUnitLength)
                {
                    DivideByLength(vector);
                }

                embeddings[i] = new(vector);
            }
            catch (ArgumentException exception)
            {
                throw new FaceAspireException(ErrorCode.InferenceError, $"The model '{sessions.Name}' gave numbers that are not finite.", exception);
            }
        }

        return true;
    }

    /// <summary>DeepFace's <c>l2_normalize</c>, in double precision.</summary>
    internal static void DivideByLength(Span<float> vector)
    {
        double squares = 0;
        foreach (float value in vector)
        {
            squares += (double)value * value;
        }

        double length = Math.Sqrt(squares) + EmbeddingDistance.NormEpsilon;
        foreach (ref float value in vector)
        {
            value = (float)(value / length);
        }
    }
}
