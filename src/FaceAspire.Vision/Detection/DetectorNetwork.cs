using System.Buffers;
using System.Numerics;
using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Detection;

/// <summary>A detector's network and the picture's way into it.</summary>
/// <param name="sessions">Its session.</param>
/// <param name="input">Order, mean and scale of its channels; its size is the placement's.</param>
internal sealed class DetectorNetwork(InferenceSessionPool sessions, ModelInput input)
{
    /// <summary>Loads the network.</summary>
    public void Load() => sessions.Load();

    /// <summary>Runs the network on a picture and gives what <paramref name="decode"/> makes of its outputs.</summary>
    /// <param name="frame">The picture.</param>
    /// <param name="placement">Where in the input it lies.</param>
    /// <param name="interpolation">How it is resized.</param>
    /// <param name="border">Grey level around it, 0 to 255.</param>
    /// <param name="decode">Reads the outputs, which are gone when it returns.</param>
    /// <param name="cancellationToken">Stops the network between two of its nodes.</param>
    public T Run<T>(
        in DetectorFrame frame, in InputPlacement placement, Interpolation interpolation, byte border, Func<InferenceOutputs, T> decode, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int length = PixelBuffer.Channels * placement.CanvasWidth * placement.CanvasHeight;
        using var tensor = MemoryPool<float>.Shared.Rent(length);
        var values = tensor.Memory[..length];
        using (var scaled = frame.Resize(placement.Width, placement.Height, interpolation))
        {
            Pack(scaled ?? frame.Image, placement, input, border, values.Span);
        }

        return sessions.Run(values, [1, PixelBuffer.Channels, placement.CanvasHeight, placement.CanvasWidth], decode, cancellationToken);
    }

    /// <summary>The picture in its place in three planes of (value − mean) × scale, a border of one grey level around it.</summary>
    internal static void Pack(PixelBuffer image, in InputPlacement placement, ModelInput input, byte border, Span<float> tensor)
    {
        int plane = placement.CanvasWidth * placement.CanvasHeight;
        bool bgr = input.Color == ColorOrder.Bgr;
        var mean = bgr ? new Vector3(input.Mean[2], input.Mean[1], input.Mean[0]) : new Vector3(input.Mean[0], input.Mean[1], input.Mean[2]);
        var red = tensor.Slice(bgr ? 2 * plane : 0, plane);
        var green = tensor.Slice(plane, plane);
        var blue = tensor.Slice(bgr ? 0 : 2 * plane, plane);

        // What lies between the end of a row of the picture and the start of its next, and before the first and after the last, is border.
        int filled = 0;
        for (int y = 0; y < image.Height; y++)
        {
            int start = ((placement.Top + y) * placement.CanvasWidth) + placement.Left;
            FillBorder(filled..start, red, green, blue);
            filled = start + image.Width;
            TensorPacker.PackRow(image.Row(y), mean, input.Scale, red[start..filled], green[start..filled], blue[start..filled]);
        }

        FillBorder(filled..plane, red, green, blue);

        void FillBorder(Range range, Span<float> red, Span<float> green, Span<float> blue)
        {
            red[range].Fill((border - mean.X) * input.Scale);
            green[range].Fill((border - mean.Y) * input.Scale);
            blue[range].Fill((border - mean.Z) * input.Scale);
        }
    }
}
