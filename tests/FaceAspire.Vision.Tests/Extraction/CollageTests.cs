using System.Diagnostics;
using FaceAspire.Contracts.Models;
using FaceAspire.Testing;
using FaceAspire.Vision.Alignment;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Tests.Fixtures;

namespace FaceAspire.Vision.Tests.Extraction;

/// <summary>A picture of a hundred faces, made from the photos: ten by ten, each smaller than the one before it, in a tile of its own.</summary>
public sealed class CollageTests(VisionFixture models)
{
    private const int PerRow = 10;
    private const int Faces = PerRow * PerRow;
    private const int Tile = 128;
    private const float Margin = 1.6f; // of a face's box; what is around it stays in its tile

    private static readonly CropRecipe[] _recipes = [new(CropGeometry.FivePoint, 112, 112), new(CropGeometry.Square, 64, 64)];

    // One picture takes half a second on a quiet core; far above it something grows faster than the number of faces.
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData("facelite", 90)]
    [InlineData("yunet", 80)] // its threshold of 0.9 is strict for faces of 30 pixels in its input
    [InlineData("retinaface", 90)]
    [InlineData("scrfd", 98)]
    [InlineData("yolov8", 98)]
    public void Extract_HundredFaces_FindsThemInTheirTiles(string detector, int least)
    {
        using var collage = Draw();
        long start = Stopwatch.GetTimestamp();

        using var all = models.Extractor.Extract(collage, new(detector, _recipes), TestContext.Current.CancellationToken);

        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(_limit);
        all.Count.ShouldBeInRange(least, Faces + 2);
        all.Select(static face => TileOf(face)).Distinct().Count().ShouldBeGreaterThanOrEqualTo(least);
        all.ShouldAllBe(static face => face.Crops.Count == 2 && face.Crops[0].Width == 112 && face.Crops[1].Width == 64);
    }

    [Fact]
    public void Extract_MaxFaces_GivesTheLargestFirst()
    {
        using var collage = Draw();
        using var all = models.Extractor.Extract(collage, new("yunet", _recipes[..1]), TestContext.Current.CancellationToken);
        foreach (int limit in (int[])[1, 7, Faces, int.MaxValue])
        {
            using var some = models.Extractor.Extract(collage, new("yunet", _recipes[..1]) { MaxFaces = limit }, TestContext.Current.CancellationToken);

            some.Count.ShouldBe(Math.Min(limit, all.Count));
            if (limit < all.Count)
            {
                // Boxes are told in whole pixels, and ordered before: two of one size may change places.
                var areas = some.Select(AreaOf).ToList();
                areas.Zip(areas.Skip(1)).ShouldAllBe(static pair => pair.First > 0.95 * pair.Second);
                ((double)areas.Min()).ShouldBeGreaterThan(0.95 * all.Select(AreaOf).Order().ElementAt(all.Count - limit));
            }
        }
    }

    [Fact]
    public void Extract_WithoutMaxFaces_KeepsTheDetectorsOrder()
    {
        using var collage = Draw();
        using var all = models.Extractor.Extract(collage, new("scrfd", _recipes[..1]), TestContext.Current.CancellationToken);

        all.Select(static face => face.Confidence).ShouldBeInOrder(SortDirection.Descending);
    }

    private static int AreaOf(ExtractedFace face) => face.Area.W!.Value * face.Area.H!.Value;

    private static (int Column, int Row) TileOf(ExtractedFace face) =>
        ((face.Area.X!.Value + (face.Area.W!.Value / 2)) / Tile, (face.Area.Y!.Value + (face.Area.H!.Value / 2)) / Tile);

    private PixelBuffer Draw()
    {
        var faces = Portraits();
        try
        {
            var collage = new PixelBuffer(PerRow * Tile, PerRow * Tile);
            collage.Pixels.Fill(128);
            for (int i = 0; i < Faces; i++)
            {
                int side = Tile - (i * Tile / (2 * Faces)); // the last has half of the first's side
                using var face = Resizer.Resize(faces[i % faces.Count], side, side, Interpolation.Area);
                for (int y = 0; y < side; y++)
                {
                    face.Row(y).CopyTo(collage.Row((i / PerRow * Tile) + y)[(i % PerRow * Tile * PixelBuffer.Channels)..]);
                }
            }

            return collage;
        }
        finally
        {
            faces.ForEach(static face => face.Dispose());
        }
    }

    /// <summary>The largest face of each of twenty photos, with a little around it.</summary>
    private List<PixelBuffer> Portraits()
    {
        List<PixelBuffer> faces = [];
        foreach (int number in (int[])[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 20, 21, 30])
        {
            using var image = models.Decode(SharedMaterial.Photo($"img{number}.jpg"));
            var box = models.YuNet().Detect(image, TestContext.Current.CancellationToken).MaxBy(static face => face.Box.Area)!.Box;
            faces.Add(SquareCrop.Cut(image, box, Margin, Tile, Tile));
        }

        return faces;
    }
}
