using System.Numerics;
using FaceAspire.Contracts.Models;

namespace FaceAspire.Vision.Alignment;

/// <summary>Where a network was trained to see the five landmarks: right eye, left eye, nose, right and left mouth corner (the person's own), in pixels of the crop.
/// OpenFace sees the first three.</summary>
public static class LandmarkTemplate
{
    // InsightFace's arcface_dst, 112×112. SphereFace's 112×96 is the same, 8 pixels further left.
    private const float ArcFaceSide = 112;

    // Where eye centres, nose tip and mouth corners come to lie in dlib's get_face_chip_details(shape5, 150, 0.25), whose own points are eye corners and nose base.
    private const float DlibSide = 150;

    private static readonly Vector2[] _arcFace =
        [new(38.2946f, 51.6963f), new(73.5318f, 51.5014f), new(56.0252f, 71.7366f), new(41.5493f, 92.3655f), new(70.7299f, 92.2041f)];

    private static readonly Vector2[] _dlib =
        [new(47.733f, 47.14f), new(100.281f, 47.123f), new(74.011f, 77.09f), new(50.23f, 102.08f), new(97.8f, 102.08f)];

    // OpenFace's mean face in its 96×96 crop (MINMAX_TEMPLATE of its align_dlib.py): the middles of the eyes' six points each, and the nose's tip. It aligns by the
    // outer corners of the eyes and the base of the nose; in the mean face these three carry the same transform. Its mouth corners are not aligned by.
    private const float OpenFaceSide = 96;

    private static readonly Vector2[] _openFace = [new(26.6276f, 16.0593f), new(67.7903f, 15.2640f), new(47.2410f, 40.5223f)];

    /// <summary>The template of a landmark geometry, scaled to the crop's height, centred in its width, and drawn together about the middle by its margin.</summary>
    /// <exception cref="ArgumentException">The recipe's geometry has no landmarks.</exception>
    public static Vector2[] Of(CropRecipe recipe)
    {
        var (points, side) = recipe.Geometry switch
        {
            CropGeometry.FivePoint => (_arcFace, ArcFaceSide),
            CropGeometry.Dlib => (_dlib, DlibSide),
            CropGeometry.EyesAndNose => (_openFace, OpenFaceSide),
            _ => throw new ArgumentException($"{recipe.Geometry} is not made from landmarks.", nameof(recipe)),
        };
        float scale = recipe.Height / side;
        var shift = new Vector2((recipe.Width - (side * scale)) / 2, 0);
        var middle = new Vector2(recipe.Width - 1, recipe.Height - 1) / 2;
        shift = ((shift - middle) / recipe.Margin) + middle;
        scale /= recipe.Margin;
        return Array.ConvertAll(points, point => (point * scale) + shift);
    }
}
