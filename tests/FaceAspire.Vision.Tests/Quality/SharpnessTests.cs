using FaceAspire.Vision.Quality;

namespace FaceAspire.Vision.Tests.Quality;

public sealed class SharpnessTests
{
    [Fact]
    public void VarianceOfLaplacian_OneColour_IsNone()
    {
        byte[] luma = new byte[12 * 7];
        luma.AsSpan().Fill(90);

        Sharpness.VarianceOfLaplacian(luma, 12, 7).ShouldBe(0);
        Sharpness.VarianceOfLaplacian([7], 1, 1).ShouldBe(0);
    }

    [Fact]
    public void VarianceOfLaplacian_Checkerboard_IsThatOfItsTwoValues()
    {
        // Every neighbour is of the other colour, mirrored ones too: the Laplacian is 4 × 10 or −4 × 10.
        byte[] luma = [.. Enumerable.Range(0, 8 * 6).Select(static i => (byte)(((i % 8) + (i / 8)) % 2 == 0 ? 100 : 110))];

        Sharpness.VarianceOfLaplacian(luma, 8, 6).ShouldBe(1_600, 1e-9);
    }

    [Fact]
    public void VarianceOfLaplacian_OneBrightPixel_IsThatOfTheKernel()
    {
        byte[] luma = new byte[5 * 5];
        luma[12] = 10;

        // The kernel itself, 10 × (−4, 1, 1, 1, 1), whose mean is 0, over 25 pixels.
        Sharpness.VarianceOfLaplacian(luma, 5, 5).ShouldBe((1_600 + (4 * 100)) / 25.0, 1e-9);
    }

    [Fact]
    public void VarianceOfLaplacian_CornerPixel_IsMirrored()
    {
        byte[] luma = [10, 0, 0, 0];

        // Of a 2×2 picture each pixel has its two neighbours twice: −40, 20, 20, 0.
        Sharpness.VarianceOfLaplacian(luma, 2, 2).ShouldBe((1_600 + 400 + 400) / 4.0, 1e-9);
    }
}
