using System.Numerics;
using FaceAspire.Vision.Imaging;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAspire.Vision.Tests.Imaging;

/// <summary>What must hold for every picture and every geometry, with or without a reference to compare to.</summary>
public sealed class PixelOperationTests
{
    [Fact]
    public void PngEncoder_RoundTrip_KeepsEveryPixel()
    {
        using var drawn = DrawnPicture.Buffer();

        using var decoded = new ImageDecoder(1_000).Decode(PngEncoder.Encode(drawn), CancellationToken.None);

        DrawnPicture.LargestDifference(decoded).ShouldBe(0);
    }

    [Fact]
    public void PngEncoder_DataUri_IsTheFileInBase64()
    {
        using var drawn = DrawnPicture.Buffer();

        string uri = PngEncoder.EncodeDataUri(drawn);

        uri.ShouldStartWith("data:image/png;base64,");
        Convert.FromBase64String(uri["data:image/png;base64,".Length..]).ShouldBe(PngEncoder.Encode(drawn));
    }

    [Fact]
    public void Cut_AnyRectangle_HasTheSourcesPixelsAndBlackAround()
    {
        using var source = DrawnPicture.Buffer();
        var rectangles =
            from x in Gen.OneOf(Gen.Choose(-40, 40), Gen.Elements(int.MinValue, int.MaxValue))
            from y in Gen.OneOf(Gen.Choose(-40, 40), Gen.Elements(int.MinValue, int.MaxValue))
            from width in Gen.Choose(1, 60)
            from height in Gen.Choose(1, 60)
            select (x, y, width, height);

        Prop.ForAll(rectangles.ToArbitrary(), r =>
        {
            using var cut = PixelRegion.Cut(source, r.x, r.y, r.width, r.height);
            for (int row = 0; row < r.height; row++)
            {
                for (int column = 0; column < r.width; column++)
                {
                    if (!Pixel(cut, column, row).SequenceEqual(PixelOrBlack(source, (long)r.x + column, (long)r.y + row)))
                    {
                        return false;
                    }
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void ResizePadded_IsTheResizeOfTheBorderedPicture()
    {
        using var source = DrawnPicture.Buffer();
        var cases =
            from padX in Gen.Choose(0, 20)
            from padY in Gen.Choose(0, 20)
            from width in Gen.Choose(1, 50)
            from height in Gen.Choose(1, 50)
            select (padX, padY, width, height);

        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            using var bordered = PixelRegion.Cut(source, -c.padX, -c.padY, source.Width + (2 * c.padX), source.Height + (2 * c.padY));
            using var expected = Resizer.ResizePadded(bordered, 0, 0, c.width, c.height);
            using var actual = Resizer.ResizePadded(source, c.padX, c.padY, c.width, c.height);
            return actual.Pixels.SequenceEqual(expected.Pixels);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(Interpolation.Bilinear)]
    [InlineData(Interpolation.Area)]
    public void Resize_AnySize_StaysWithinTheSourcesRange(Interpolation interpolation)
    {
        using var source = new PixelBuffer(19, 13);
        source.Pixels.Fill(200);
        var sizes = from width in Gen.Choose(1, 90) from height in Gen.Choose(1, 90) select (width, height);

        Prop.ForAll(sizes.ToArbitrary(), size =>
        {
            using var resized = Resizer.Resize(source, size.width, size.height, interpolation);
            return (resized.Width, resized.Height) == size && !resized.Pixels.ContainsAnyExceptInRange((byte)199, (byte)200);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Resize_Bicubic_IsRefused()
    {
        using var source = DrawnPicture.Buffer();

        Should.Throw<ArgumentException>(() => Resizer.Resize(source, 5, 5, Interpolation.Bicubic));
    }

    [Theory]
    [InlineData(Interpolation.Bilinear)]
    [InlineData(Interpolation.Bicubic)]
    public void Warp_Identity_ChangesNothing(Interpolation interpolation)
    {
        using var source = DrawnPicture.Buffer();

        using var warped = AffineWarp.Warp(source, new(1, 0, 0, 0, 1, 0), source.Width, source.Height, interpolation);

        DrawnPicture.LargestDifference(warped).ShouldBe(0);
    }

    [Theory]
    [InlineData(Interpolation.Bilinear)]
    [InlineData(Interpolation.Bicubic)]
    public void Warp_AnyMatrix_NeverReadsOutside(Interpolation interpolation)
    {
        using var source = DrawnPicture.Buffer();
        var number = Gen.OneOf(Gen.Choose(-300, 300).Select(static value => value / 100.0), Gen.Elements(1e-9, -1e9, 1e18, 1e300));
        var matrices = Gen.ArrayOf(number, 6).Select(static m => new AffineMatrix(m[0], m[1], m[2], m[3], m[4], m[5])).Where(static matrix => matrix.IsInvertible);

        Prop.ForAll(matrices.ToArbitrary(), matrix =>
        {
            using var warped = AffineWarp.Warp(source, matrix, 31, 9, interpolation);
            return warped.Width == 31;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(0)]
    public void Warp_MatrixThatCannotBeUndone_IsRefused(double value)
    {
        using var source = DrawnPicture.Buffer();

        Should.Throw<ArgumentException>(() => AffineWarp.Warp(source, new(value, 0, 0, 0, value, 0), 5, 5, Interpolation.Bilinear));
        Should.Throw<InvalidOperationException>(() => new AffineMatrix(value, 0, 0, 0, value, 0).Invert());
    }

    [Fact]
    public void Invert_AnyRotation_LeadsBack()
    {
        var cases =
            from angle in Gen.Choose(-180, 180)
            from scale in Gen.Choose(1, 40)
            from x in Gen.Choose(-500, 500)
            from y in Gen.Choose(-500, 500)
            select (angle, scale, point: new Vector2(x, y));

        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var matrix = AffineMatrix.Rotation(100, 50, c.angle, c.scale / 10.0);
            return Vector2.Distance(matrix.Invert().Apply(matrix.Apply(c.point)), c.point) < 0.01f;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(-1, 1)]
    public void PixelBuffer_WithoutPixels_IsRefused(int width, int height) => Should.Throw<ArgumentOutOfRangeException>(() => new PixelBuffer(width, height));

    [Fact]
    public void PixelBuffer_MoreThanAnArrayHolds_IsRefused() => Should.Throw<OverflowException>(() => new PixelBuffer(40_000, 40_000));

    [Fact]
    public void PixelBuffer_AfterDispose_IsNotReadable()
    {
        var buffer = new PixelBuffer(2, 2);
        buffer.Dispose();
        buffer.Dispose();

        Should.Throw<ObjectDisposedException>(() => buffer.Memory);
    }

    private static byte[] Pixel(PixelBuffer image, int x, int y) => image.Row(y).Slice(x * PixelBuffer.Channels, PixelBuffer.Channels).ToArray();

    private static byte[] PixelOrBlack(PixelBuffer image, long x, long y) =>
        x >= 0 && x < image.Width && y >= 0 && y < image.Height ? Pixel(image, (int)x, (int)y) : [0, 0, 0];
}
