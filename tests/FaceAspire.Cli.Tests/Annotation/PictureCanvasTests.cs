using FaceAspire.Cli.Annotation;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Cli.Tests.Annotation;

public sealed class PictureCanvasTests : IDisposable
{
    private static readonly RgbColor _ink = new(1, 2, 3);

    private readonly PixelBuffer _image = new(16, 9);

    public PictureCanvasTests() => _image.Pixels.Clear();

    public void Dispose() => _image.Dispose();

    [Fact]
    public void Frame_WithinThePicture_DrawsItsEdgesOnly()
    {
        new PictureCanvas(_image).Frame(2, 1, 6, 5, thickness: 1, _ink);

        Drawn().ShouldBe("""
            ................
            ..######........
            ..#....#........
            ..#....#........
            ..#....#........
            ..######........
            ................
            ................
            ................
            """);
        _image.Row(1)[6..9].ToArray().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Frame_StickingOut_IsClipped()
    {
        new PictureCanvas(_image).Frame(-3, -2, 8, 100, thickness: 2, _ink);

        Drawn().ShouldBe(string.Join(Environment.NewLine, Enumerable.Repeat("...##...........", 9)));
    }

    [Fact]
    public void Dot_AtTheCorner_IsAQuarter()
    {
        new PictureCanvas(_image).Dot(0, 0, radius: 2, _ink);

        Drawn().ShouldBe("""
            ###.............
            ##..............
            #...............
            ................
            ................
            ................
            ................
            ................
            ................
            """);
    }

    [Fact]
    public void Write_TwoLetters_AreSideBySide()
    {
        new PictureCanvas(_image).Write(1, 1, "L4", scale: 1, _ink);

        Drawn().ShouldBe("""
            ................
            .#........#.....
            .#.......##.....
            .#......#.#.....
            .#.....#..#.....
            .#.....#####....
            .#........#.....
            .#####....#.....
            ................
            """);
    }

    [Fact]
    public void Write_EveryLetter_HasAPictureOfItsOwn() => "0123456789.LR"
        .Select(letter =>
        {
            _image.Pixels.Clear();
            new PictureCanvas(_image).Write(0, 0, $"{letter}", scale: 1, _ink);
            return Drawn();
        })
        .ShouldBeUnique();

    private string Drawn() => string.Join(
        Environment.NewLine,
        Enumerable.Range(0, _image.Height).Select(y => string.Concat(Enumerable.Range(0, _image.Width).Select(x => _image.Row(y)[x * PixelBuffer.Channels] == 1 ? '#' : '.'))));
}
