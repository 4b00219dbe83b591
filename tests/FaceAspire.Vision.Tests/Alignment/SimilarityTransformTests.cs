using System.Numerics;
using FaceAspire.Contracts.Models;
using FaceAspire.Testing;
using FaceAspire.Vision.Alignment;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Tests.Fixtures;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAspire.Vision.Tests.Alignment;

public sealed class SimilarityTransformTests(VisionFixture models)
{
    private static readonly CropRecipe _arcFace = new(CropGeometry.FivePoint, 112, 112);
    private static readonly CropRecipe _sphereFace = new(CropGeometry.FivePoint, 96, 112);
    private static readonly CropRecipe _dlib = new(CropGeometry.Dlib, 150, 150);

    public static TheoryData<string, CropRecipe> Crops
    {
        get
        {
            var data = new TheoryData<string, CropRecipe>();
            foreach (string photo in (string[])["img5", "img10", "img11", "img12", "img20", "img62", "selfie-many-people"])
            {
                data.Add(photo, _arcFace);
                data.Add(photo, _sphereFace);
                data.Add(photo, _dlib);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Crops))]
    public void Fit_GoldenLandmarks_GivesTheReferenceMatrixAndCrop(string photo, CropRecipe recipe)
    {
        using var golden = SharedMaterial.Golden("crops.json");
        string name = recipe == _arcFace ? "arcface112" : recipe == _sphereFace ? "sphereface112x96" : "dlib150";
        var crop = golden.RootElement.GetProperty("crops").GetProperty(photo);
        var file = crop.GetProperty("files").GetProperty(name);

        var matrix = SimilarityTransform.Fit(Golden.Points(crop.GetProperty("landmarks")), LandmarkTemplate.Of(recipe)).ShouldNotBeNull();

        // Landmarks and templates are single precision here: 1e-6 relative, times coordinates of some hundred pixels.
        double[] actual = [matrix.M11, matrix.M12, matrix.M13, matrix.M21, matrix.M22, matrix.M23];
        double[] expected = [.. file.GetProperty("matrix").EnumerateArray().SelectMany(static row => row.EnumerateArray()).Select(static cell => cell.GetDouble())];
        for (int i = 0; i < actual.Length; i++)
        {
            actual[i].ShouldBe(expected[i], 1e-3, $"{photo} {name} {i}");
        }

        using var image = models.Decode(SharedMaterial.File("golden", "photos", $"{photo}.png"));
        using var warped = AffineWarp.Warp(image, matrix, recipe.Width, recipe.Height, Interpolation.Bilinear);
        using var reference = models.Decode(SharedMaterial.File("golden", file.GetProperty("file").GetString()!));
        Golden.ShareWithin(warped, reference, levels: 2).ShouldBeGreaterThanOrEqualTo(0.99, $"{photo} {name}");
    }

    [Fact]
    public void Fit_PointsMovedByAKnownSimilarity_FindsIt()
    {
        var finite = Gen.Choose(-1_000, 1_000).Select(static value => value / 10f);
        var cases =
            from points in Gen.ArrayOf(from x in finite from y in finite select new Vector2(x, y), 5)
            from angle in Gen.Choose(-180, 180)
            from scale in Gen.Choose(1, 50)
            from shift in from x in finite from y in finite select new Vector2(x, y)
            where Spread(points) > 1
            select (points, angle: angle * MathF.PI / 180, scale: scale / 10f, shift);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var rotation = Matrix3x2.CreateRotation(c.angle);
            var moved = Array.ConvertAll(c.points, point => (Vector2.Transform(point, rotation) * c.scale) + c.shift);
            var found = SimilarityTransform.Fit(c.points, moved)!.Value;
            return c.points.Zip(moved).All(pair => Vector2.Distance(found.Apply(pair.First), pair.Second) < 0.05f);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void FitUpright_LeaningFace_KeepsItLeaningAtTheSameScale()
    {
        // A face turned by 30 degrees and twice as large as the template.
        var template = LandmarkTemplate.Of(_arcFace);
        var leaning = Array.ConvertAll(template, point => Vector2.Transform(point, Matrix3x2.CreateRotation(MathF.PI / 6)) * 2);

        var matrix = SimilarityTransform.FitUpright(leaning, template).ShouldNotBeNull();

        matrix.M12.ShouldBe(0);
        matrix.M21.ShouldBe(0);
        matrix.M11.ShouldBe(0.5, 1e-6);
        matrix.M22.ShouldBe(0.5, 1e-6);
    }

    [Fact]
    public void Fit_AllPointsTheSame_GivesNothing() =>
        SimilarityTransform.Fit([Vector2.One, Vector2.One], [Vector2.Zero, Vector2.One]).ShouldBeNull();

    private static float Spread(Vector2[] points) => points.Max(a => points.Max(b => Vector2.Distance(a, b)));
}
