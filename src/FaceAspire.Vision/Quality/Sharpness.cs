namespace FaceAspire.Vision.Quality;

/// <summary>How sharp a picture is.</summary>
public static class Sharpness
{
    /// <summary>Variance of the Laplacian: of the four neighbours' sum less four times the pixel, the picture mirrored about its border pixels, as OpenCV's
    /// <c>Laplacian</c> of aperture 1. From 0; it grows with sharpness and contrast.</summary>
    /// <param name="luma">One byte a pixel, row after row.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    public static double VarianceOfLaplacian(ReadOnlySpan<byte> luma, int width, int height)
    {
        long sum = 0, squares = 0;
        for (int y = 0; y < height; y++)
        {
            var row = luma.Slice(y * width, width);
            var above = luma.Slice(Mirror(y - 1, height) * width, width);
            var below = luma.Slice(Mirror(y + 1, height) * width, width);
            for (int x = 0; x < width; x++)
            {
                int value = above[x] + below[x] + row[Mirror(x - 1, width)] + row[Mirror(x + 1, width)] - (4 * row[x]);
                sum += value;
                squares += value * value;
            }
        }

        double count = (double)width * height;
        double mean = sum / count;
        return (squares / count) - (mean * mean);
    }

    /// <summary>A coordinate one outside, mirrored without repeating the border.</summary>
    private static int Mirror(int at, int length) => length == 1 ? 0 : at < 0 ? 1 : at == length ? length - 2 : at;
}
