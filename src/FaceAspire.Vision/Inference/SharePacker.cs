using System.Buffers;
using System.Numerics.Tensors;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Vision.Alignment;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Inference;

/// <summary>DeepFace's way from a face of any size to the input of its Keras models: shares of 0..1 from the resize on, never rounded to bytes.</summary>
/// <remarks>Follows <c>preprocessing.resize_image</c> and <c>normalize_input</c> of DeepFace 0.0.100: resized in double precision with black around, then single
/// precision, then a formula over the whole tensor, what is black around included.</remarks>
public static class SharePacker
{
    private const float Red = 0.299f;
    private const float Green = 0.587f;
    private const float Blue = 0.114f;

    /// <summary>Packs a face for a network that takes shares.</summary>
    /// <param name="face">The face in its own size.</param>
    /// <param name="input">What the network wants; <see cref="ModelInput.TakesShares"/>.</param>
    /// <param name="normalization">DeepFace's formula.</param>
    /// <param name="tensor">Receives <see cref="TensorPacker.Length"/> floats, C×H×W.</param>
    /// <exception cref="ArgumentException">The network has one channel and the formula three means.</exception>
    public static void Pack(PixelBuffer face, ModelInput input, InputNormalization normalization, Span<float> tensor)
    {
        tensor = tensor[..TensorPacker.Length(input)];
        if (input.Color == ColorOrder.Gray || input.FittedSide > 0)
        {
            PackInSteps(face, input, tensor);
        }
        else
        {
            int plane = input.Width * input.Height;
            int red = input.Color == ColorOrder.Bgr ? 2 : 0;
            int blue = 2 - red;
            Letterbox.FitShares(face, input.Width, input.Height, tensor.Slice(red * plane, plane), tensor.Slice(plane, plane), tensor.Slice(blue * plane, plane));
        }

        Normalize(tensor, input, normalization);
        ApplyMeanAndScale(tensor, input);
    }

    /// <summary>Fitted into a square of another size first, made grey there if need be, then resized.</summary>
    private static void PackInSteps(PixelBuffer face, ModelInput input, Span<float> tensor)
    {
        int width = input.FittedSide > 0 ? input.FittedSide : input.Width;
        int height = input.FittedSide > 0 ? input.FittedSide : input.Height;
        int pixels = width * height;
        using var rented = MemoryPool<float>.Shared.Rent(PixelBuffer.Channels * pixels);
        var planes = rented.Memory.Span[..(PixelBuffer.Channels * pixels)];
        int first = input.Color == ColorOrder.Bgr ? 2 : 0; // place of red
        var red = planes.Slice(first * pixels, pixels);
        var green = planes.Slice(pixels, pixels);
        var blue = planes.Slice((2 - first) * pixels, pixels);
        Letterbox.FitShares(face, width, height, red, green, blue);
        if (input.Color == ColorOrder.Gray)
        {
            for (int i = 0; i < pixels; i++)
            {
                red[i] = (blue[i] * Blue) + (green[i] * Green) + (red[i] * Red); // OpenCV's COLOR_BGR2GRAY of floats
            }
        }

        int plane = input.Width * input.Height;
        for (int channel = 0; channel < input.Channels; channel++)
        {
            ResizePlane(planes.Slice(channel * pixels, pixels), width, height, tensor.Slice(channel * plane, plane), input.Width, input.Height);
        }
    }

    /// <summary>OpenCV's bilinear of floats: half-pixel centres, no averaging when it shrinks.</summary>
    private static void ResizePlane(ReadOnlySpan<float> source, int sourceWidth, int sourceHeight, Span<float> destination, int width, int height)
    {
        using var columns = BilinearTaps.Rent(width, sourceWidth);
        using var rows = BilinearTaps.Rent(height, sourceHeight);
        for (int y = 0, at = 0; y < height; y++)
        {
            var (upperRow, lowerRow, down) = rows[y];
            var upper = source.Slice(upperRow * sourceWidth, sourceWidth);
            var lower = source.Slice(lowerRow * sourceWidth, sourceWidth);
            for (int x = 0; x < width; x++, at++)
            {
                var (left, right, across) = columns[x];
                float above = (upper[left] * (1f - across)) + (upper[right] * across);
                float below = (lower[left] * (1f - across)) + (lower[right] * across);
                destination[at] = (above * (1f - down)) + (below * down);
            }
        }
    }

    private static void Normalize(Span<float> tensor, ModelInput input, InputNormalization normalization)
    {
        if (normalization == InputNormalization.Base)
        {
            return;
        }

        TensorPrimitives.Multiply(tensor, byte.MaxValue, tensor);
        switch (normalization)
        {
            case InputNormalization.Raw:
                break;
            case InputNormalization.Facenet:
                TensorPacker.Standardize(tensor);
                break;
            case InputNormalization.Facenet2018:
                TensorPrimitives.Divide(tensor, 127.5f, tensor);
                TensorPrimitives.Subtract(tensor, 1, tensor);
                break;
            case InputNormalization.VggFace:
                SubtractMeans(tensor, input, 93.5940f, 104.7624f, 129.1863f);
                break;
            case InputNormalization.VggFace2:
                SubtractMeans(tensor, input, 91.4953f, 103.8827f, 131.0912f);
                break;
            case InputNormalization.ArcFace:
                TensorPrimitives.Subtract(tensor, 127.5f, tensor);
                TensorPrimitives.Divide(tensor, 128, tensor);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(normalization));
        }
    }

    private static void SubtractMeans(Span<float> tensor, ModelInput input, float blue, float green, float red)
    {
        if (input.Color == ColorOrder.Gray)
        {
            throw new ArgumentException("The normalization has a mean for each of three channels, the network has one channel.", nameof(input));
        }

        int plane = input.Width * input.Height;
        ReadOnlySpan<float> means = input.Color == ColorOrder.Bgr ? [blue, green, red] : [red, green, blue];
        for (int channel = 0; channel < means.Length; channel++)
        {
            var values = tensor.Slice(channel * plane, plane);
            TensorPrimitives.Subtract(values, means[channel], values);
        }
    }

    private static void ApplyMeanAndScale(Span<float> tensor, ModelInput input)
    {
        int plane = input.Width * input.Height;
        for (int channel = 0; channel < input.Channels; channel++)
        {
            var values = tensor.Slice(channel * plane, plane);
            if (input.Mean[channel] != 0)
            {
                TensorPrimitives.Subtract(values, input.Mean[channel], values);
            }

            if (input.Scale != 1)
            {
                TensorPrimitives.Multiply(values, input.Scale, values);
            }
        }
    }
}
