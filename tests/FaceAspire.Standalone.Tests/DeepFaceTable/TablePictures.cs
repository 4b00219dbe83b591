using System.Collections.Concurrent;
using System.Text.Json;
using FaceAspire.Testing;
using NetVips;

namespace FaceAspire.Standalone.Tests.DeepFaceTable;

/// <summary>Where DeepFace's tests hand over arrays of pixels, these send pictures of the same pixels.</summary>
internal static class TablePictures
{
    /// <summary>What DeepFace calls black: 224×224 pixels, all zero.</summary>
    public const int BlackSide = 224;

    private const string Lossless = ".png[compression=1]";

    // Several rows want the same photo, and encoding one takes as long as its test.
    private static readonly ConcurrentDictionary<string, string> _pixels = [];
    private static readonly ConcurrentDictionary<string, string> _halves = [];

    public static string Black { get; } = DrawnPictures.DataUri(DrawnPictures.Black(BlackSide, BlackSide), ".png");

    /// <summary>The photo's pixels without loss.</summary>
    public static string Pixels(string photo) => _pixels.GetOrAdd(photo, static name => DrawnPictures.DataUri(DrawnPictures.Convert(name, Lossless)));

    /// <summary>The photo at half its size, where a row does not need more and all of its photos take long.</summary>
    public static string Half(string photo) => _halves.GetOrAdd(photo, static name =>
    {
        using var image = Image.NewFromFile(SharedMaterial.Photo(name));
        return DrawnPictures.DataUri(image.Resize(0.5), ".jpg[Q=98]");
    });

    /// <summary>The photo in another size, whatever that does to its proportions.</summary>
    public static string Resized(string photo, int width, int height)
    {
        using var image = Image.NewFromFile(SharedMaterial.Photo(photo));
        return DrawnPictures.DataUri(image.ThumbnailImage(width, height, size: Enums.Size.Force), ".jpg[Q=98]");
    }

    /// <summary>The photo at half its size with red and blue exchanged.</summary>
    public static string BlueFirst(string photo)
    {
        using var image = Image.NewFromFile(SharedMaterial.Photo(photo));
        using var half = image.Resize(0.5);
        using var red = half[0];
        using var green = half[1];
        using var blue = half[2];
        return DrawnPictures.DataUri(blue.Bandjoin(green, red).Copy(interpretation: Enums.Interpretation.Srgb), Lossless);
    }

    /// <summary>Width and height of an encoded picture.</summary>
    public static (int Width, int Height) SizeOf(string dataUri)
    {
        using var image = Image.NewFromBuffer(Convert.FromBase64String(dataUri[(dataUri.IndexOf(',', StringComparison.Ordinal) + 1)..]));
        return (image.Width, image.Height);
    }

    /// <summary>The faces that an answer of represent, extract or analyze lists.</summary>
    public static JsonElement[] Faces(this JsonElement answer) => [.. answer.GetProperty("result").EnumerateArray()];

    /// <summary>A face's embedding.</summary>
    public static double[] Embedding(this JsonElement face) => [.. face.GetProperty("embedding").EnumerateArray().Select(static number => number.GetDouble())];

    /// <summary>Checks that a box of an answer lies inside of its picture, as DeepFace's tests do.</summary>
    public static void ShouldLieWithin(this JsonElement area, int width, int height, string what)
    {
        int x = area.GetProperty("x").GetInt32(), y = area.GetProperty("y").GetInt32();
        x.ShouldBeInRange(0, width - 1, what);
        y.ShouldBeInRange(0, height - 1, what);
        (x + area.GetProperty("w").GetInt32()).ShouldBeLessThan(width, what);
        (y + area.GetProperty("h").GetInt32()).ShouldBeLessThan(height, what);
    }
}
