using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Inference;

/// <summary>Turns pixels into a network's input: interleaved bytes to planar floats in the network's colour order, range and layout (C×H×W).</summary>
public static class TensorPacker
{
    // Index of no byte: the shuffle gives 0 for it.
    private const byte X = 0xFF;

    /// <summary>Number of floats that one picture takes.</summary>
    public static int Length(ModelInput input) => input.Channels * input.Width * input.Height;

    /// <summary>Packs a crop of exactly the input's size with the model's own mean and scale.</summary>
    /// <param name="crop">The pixels.</param>
    /// <param name="input">What the network wants.</param>
    /// <param name="tensor">Receives <see cref="Length"/> floats.</param>
    /// <exception cref="ArgumentException">The crop has another size.</exception>
    public static void Pack(PixelBuffer crop, ModelInput input, Span<float> tensor)
    {
        RequireSize(crop, input);
        if (input.Color == ColorOrder.Gray)
        {
            PackLuma(crop, input.Mean[0], input.Scale, tensor);
        }
        else
        {
            PackPlanes(crop.Pixels, input.Color, new(input.Mean[0], input.Mean[1], input.Mean[2]), input.Scale, tensor);
        }

        if (input.IsStandardized)
        {
            Standardize(tensor[..Length(input)]);
        }
    }

    /// <summary>Packs a crop with one of DeepFace's normalizations in place of the model's own mean and scale; for a network that takes bytes, before them.</summary>
    /// <remarks>Formulas of DeepFace's <c>preprocessing.normalize_input</c>, on the bytes 0..255.</remarks>
    /// <exception cref="ArgumentException">The crop has another size, or the network has one channel and the formula three.</exception>
    public static void Pack(PixelBuffer crop, ModelInput input, InputNormalization normalization, Span<float> tensor)
    {
        // Means of VGG-Face and VGGFace2 in the order R, G, B.
        (Vector3 Mean, float Scale)? formula = normalization switch
        {
            InputNormalization.Base => null,
            InputNormalization.Raw or InputNormalization.Facenet => (Vector3.Zero, 1f),
            InputNormalization.Facenet2018 => (new Vector3(127.5f), 1 / 127.5f),
            InputNormalization.VggFace => (new Vector3(129.1863f, 104.7624f, 93.5940f), 1f),
            InputNormalization.VggFace2 => (new Vector3(131.0912f, 103.8827f, 91.4953f), 1f),
            InputNormalization.ArcFace => (new Vector3(127.5f), 1 / 128f),
            _ => throw new ArgumentOutOfRangeException(nameof(normalization)),
        };
        if (formula is not { } f)
        {
            Pack(crop, input, tensor);
            return;
        }

        if (input.Color == ColorOrder.Gray && (f.Mean.X != f.Mean.Y || f.Mean.Y != f.Mean.Z))
        {
            throw new ArgumentException($"The normalization {normalization} has a mean for each of three channels, the network has one channel.", nameof(normalization));
        }

        var mean = input.Color == ColorOrder.Bgr ? new Vector3(f.Mean.Z, f.Mean.Y, f.Mean.X) : f.Mean;
        Pack(crop, input with { Mean = [mean.X, mean.Y, mean.Z], Scale = f.Scale, IsStandardized = false }, tensor);
        if (normalization == InputNormalization.Facenet)
        {
            Standardize(tensor[..Length(input)]);
        }

        if (input.TakesBytes)
        {
            PackAgainAsBytes(tensor[..Length(input)], input);
        }
    }

    /// <summary>Interleaved R G B bytes to three planes of (value − mean) × scale, in the order asked for.</summary>
    private static void PackPlanes(ReadOnlySpan<byte> pixels, ColorOrder color, Vector3 mean, float scale, Span<float> tensor)
    {
        int plane = pixels.Length / PixelBuffer.Channels;
        var first = tensor[..plane];
        var third = tensor.Slice(2 * plane, plane);
        if (color == ColorOrder.Bgr)
        {
            PackRow(pixels, new(mean.Z, mean.Y, mean.X), scale, third, tensor.Slice(plane, plane), first);
        }
        else
        {
            PackRow(pixels, mean, scale, first, tensor.Slice(plane, plane), third);
        }
    }

    /// <summary>Interleaved R G B bytes to (value − mean) × scale, each channel to a place of its own of as many floats as there are pixels.</summary>
    internal static void PackRow(ReadOnlySpan<byte> pixels, Vector3 mean, float scale, Span<float> red, Span<float> green, Span<float> blue)
    {
        int i = 0;
        int p = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            // One load holds five pixels and a third; four of them are taken, each byte straight into a lane of 32 bits.
            var (meanRed, meanGreen, meanBlue) = (Vector128.Create(mean.X), Vector128.Create(mean.Y), Vector128.Create(mean.Z));
            for (; i <= red.Length - Vector128<float>.Count && p <= pixels.Length - Vector128<byte>.Count; i += Vector128<float>.Count, p += 12)
            {
                var bytes = Vector128.Create(pixels[p..]);
                Pack(bytes, Vector128.Create((byte)0, X, X, X, 3, X, X, X, 6, X, X, X, 9, X, X, X), meanRed, scale, red[i..]);
                Pack(bytes, Vector128.Create((byte)1, X, X, X, 4, X, X, X, 7, X, X, X, 10, X, X, X), meanGreen, scale, green[i..]);
                Pack(bytes, Vector128.Create((byte)2, X, X, X, 5, X, X, X, 8, X, X, X, 11, X, X, X), meanBlue, scale, blue[i..]);
            }
        }

        for (; i < red.Length; i++, p += PixelBuffer.Channels)
        {
            red[i] = (pixels[p] - mean.X) * scale;
            green[i] = (pixels[p + 1] - mean.Y) * scale;
            blue[i] = (pixels[p + 2] - mean.Z) * scale;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pack(Vector128<byte> bytes, Vector128<byte> lanes, Vector128<float> mean, float scale, Span<float> destination) =>
        ((Vector128.ConvertToSingle(Vector128.Shuffle(bytes, lanes).AsInt32()) - mean) * scale).CopyTo(destination);

    private static void PackLuma(PixelBuffer crop, float mean, float scale, Span<float> plane)
    {
        using var luma = MemoryPool<byte>.Shared.Rent(crop.Width * crop.Height);
        var values = luma.Memory.Span[..(crop.Width * crop.Height)];
        Grayscale.ToLuma(crop, values);
        for (int i = 0; i < values.Length; i++)
        {
            plane[i] = (values[i] - mean) * scale;
        }
    }

    /// <summary>Zero mean and unit population deviation; a picture of one colour becomes all zero.</summary>
    internal static void Standardize(Span<float> tensor)
    {
        // Summed in double precision: numpy sums pairwise, which a running sum of single precision would miss by more than its last digit.
        double sum = 0;
        foreach (float value in tensor)
        {
            sum += value;
        }

        TensorPrimitives.Subtract(tensor, (float)(sum / tensor.Length), tensor);
        double squares = 0;
        foreach (float value in tensor)
        {
            squares += (double)value * value;
        }

        float deviation = (float)Math.Sqrt(squares / tensor.Length);
        if (deviation > 0)
        {
            TensorPrimitives.Divide(tensor, deviation, tensor);
        }
    }

    /// <summary>What becomes of a normalized picture in a network that wants bytes: values up to 1 are taken for shares of 255, all others for
    /// bytes already, and what is no byte wraps round, as numpy's cast does. So <c>raw</c> is the same as <c>base</c>.</summary>
    private static void PackAgainAsBytes(Span<float> tensor, ModelInput input)
    {
        float factor = TensorPrimitives.Max<float>(tensor) > 1 ? 1 : byte.MaxValue;
        int plane = input.Width * input.Height;
        for (int channel = 0; channel < input.Channels; channel++)
        {
            float mean = input.Mean[channel];
            foreach (ref float value in tensor.Slice(channel * plane, plane))
            {
                value = (unchecked((byte)(int)(value * factor)) - mean) * input.Scale;
            }
        }
    }

    private static void RequireSize(PixelBuffer crop, ModelInput input)
    {
        if (crop.Width != input.Width || crop.Height != input.Height)
        {
            throw new ArgumentException($"The crop is {crop.Width}×{crop.Height}, the network takes {input.Width}×{input.Height}.", nameof(crop));
        }
    }
}
