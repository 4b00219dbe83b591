using System.Numerics;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Detection;

/// <summary>Cuts patches straight into tensors, bilinear between pixels: TensorFlow's <c>crop_and_resize</c>, whose first and last sample lie on the patch's edges.</summary>
/// <param name="Mean">Subtracted from the bytes 0..255.</param>
/// <param name="Scale">Multiplied after it.</param>
internal readonly record struct BilinearPatch(float Mean, float Scale)
{
    /// <summary>A patch; 0 where it lies outside of the picture.</summary>
    /// <param name="image">Only read.</param>
    /// <param name="corners">Left, upper, right and lower edge in parts of the picture's last column and row: 1 is the middle of the last pixel.</param>
    /// <param name="side">Pixels across and down the result, at least 2.</param>
    /// <param name="tensor">Receives three planes R, G, B.</param>
    public void Cut(PixelBuffer image, Vector4 corners, int side, Span<float> tensor)
    {
        int plane = side * side;
        for (int y = 0; y < side; y++)
        {
            var red = tensor.Slice(y * side, side);
            var green = tensor.Slice(plane + (y * side), side);
            var blue = tensor.Slice((2 * plane) + (y * side), side);
            float sourceY = Position(corners.Y, corners.W, y, side, image.Height - 1);
            if (!(sourceY >= 0 && sourceY <= image.Height - 1))
            {
                red.Clear();
                green.Clear();
                blue.Clear();
                continue;
            }

            int top = (int)sourceY;
            var upper = image.Row(top);
            var lower = image.Row(Math.Min(top + 1, image.Height - 1));
            float downwards = sourceY - top;
            for (int x = 0; x < side; x++)
            {
                float sourceX = Position(corners.X, corners.Z, x, side, image.Width - 1);
                var pixel = Vector3.Zero;
                if (sourceX >= 0 && sourceX <= image.Width - 1)
                {
                    int left = (int)sourceX;
                    int right = Math.Min(left + 1, image.Width - 1);
                    float across = sourceX - left;
                    var above = Vector3.Lerp(PixelAt(upper, left), PixelAt(upper, right), across);
                    var below = Vector3.Lerp(PixelAt(lower, left), PixelAt(lower, right), across);
                    pixel = (Vector3.Lerp(above, below, downwards) - new Vector3(Mean)) * Scale;
                }

                (red[x], green[x], blue[x]) = (pixel.X, pixel.Y, pixel.Z);
            }
        }
    }

    private static float Position(float start, float end, int index, int side, int last) => (start * last) + (index * ((end - start) * last / (side - 1)));

    private static Vector3 PixelAt(ReadOnlySpan<byte> row, int x)
    {
        var pixel = row.Slice(x * PixelBuffer.Channels, PixelBuffer.Channels);
        return new(pixel[0], pixel[1], pixel[2]);
    }
}
