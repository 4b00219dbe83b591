using System.Numerics;
using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Alignment;
using FaceAspire.Vision.Detection;

namespace FaceAspire.Vision.Tests.Alignment;

public sealed class NativeGeometryTests
{
    [Fact]
    public void Fit_ThreePoints_CarriesEachOntoItsTarget()
    {
        Vector2[] source = [new(10, 20), new(70, 25), new(42, 60)];
        var target = LandmarkTemplate.Of(new(CropGeometry.EyesAndNose, 96, 96));

        var matrix = AffineFit.Fit(source, target).ShouldNotBeNull();

        for (int i = 0; i < source.Length; i++)
        {
            Vector2.Distance(matrix.Apply(source[i]), target[i]).ShouldBeLessThan(1e-3f, $"point {i}");
        }
    }

    [Fact]
    public void Fit_PointsOnALine_IsNull() => AffineFit.Fit([new(0, 0), new(1, 1), new(2, 2)], [new(0, 0), new(1, 0), new(0, 1)]).ShouldBeNull();

    [Fact]
    public void Fit_TwoPoints_IsRefused() => Should.Throw<ArgumentException>(() => AffineFit.Fit([new(0, 0), new(1, 1)], [new(0, 0), new(1, 0)]));

    [Fact]
    public void RegionOf_BoxInside_GrowsByTheMarginOnAllSides() =>
        BoxCrop.RegionOf(1000, 1000, new(200, 300, 80, 160), 1.25f).ShouldBe(new PixelBox(190, 280, 100, 200));

    [Fact]
    public void RegionOf_BoxAtTheEdge_IsCutThere() =>
        BoxCrop.RegionOf(100, 120, new(-10, 40, 80, 80), 1.25f).ShouldBe(new PixelBox(0, 30, 80, 90));

    [Fact]
    public void RegionOf_BoxOutside_IsAPixelOfTheEdge()
    {
        var region = BoxCrop.RegionOf(100, 100, new(300, 300, 10, 10), 1);

        region.ShouldBe(new PixelBox(99, 99, 1, 1));
    }
}
