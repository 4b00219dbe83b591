using System.Numerics;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Responses;
using FaceAspire.Vision.Alignment;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Extraction;

/// <summary>Cuts the crops of every geometry but DeepFace's out of the plain picture, in whichever frame the face was found.</summary>
/// <param name="align">Whether faces are rotated upright.</param>
/// <param name="landmarkDetector">Gives the detector that finds missing landmarks; null when the picture's own detector is that one.</param>
internal sealed class PictureCutter(bool align, Func<IFaceDetector?> landmarkDetector)
{
    // Right eye, left eye, nose.
    private const int EyesAndNose = 3;

    // Part of a box's sides added on each side before landmarks are looked for: detectors want a face with its surroundings.
    private const float SurroundingsMargin = 0.5f;

    /// <summary>One crop per recipe, in their order; the caller's to dispose. And the landmarks that they were cut by.</summary>
    /// <param name="image">The picture, whole or reduced.</param>
    /// <param name="face">The face in its pixels.</param>
    /// <param name="area">Where the face is told to be, in pixels of the whole picture.</param>
    /// <param name="recipes">What is wanted; <see cref="CropGeometry.Surroundings"/> only of the whole picture.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public (PixelBuffer[] Crops, IReadOnlyList<Vector2> Landmarks) Cut(
        PixelBuffer image, DetectedFace face, FacialArea area, IReadOnlyList<CropRecipe> recipes, CancellationToken cancellationToken)
    {
        if (face.Landmarks.Count < ExtractedFace.FivePoints && recipes.Any(static recipe => recipe.Geometry is CropGeometry.FivePoint or CropGeometry.Dlib or CropGeometry.EyesAndNose))
        {
            face = FindLandmarks(image, face, cancellationToken);
        }

        var crops = new List<PixelBuffer>(recipes.Count);
        try
        {
            foreach (var recipe in recipes)
            {
                crops.Add(recipe.Geometry switch
                {
                    CropGeometry.Square => SquareCrop.Cut(image, face.Box, recipe.Margin, recipe.Width, recipe.Height),
                    CropGeometry.Box => BoxCrop.Cut(image, face.Box, recipe.Margin, recipe.Width, recipe.Height),
                    CropGeometry.Surroundings => SurroundingsCrop.Cut(
                        image, new(area.X ?? 0, area.Y ?? 0, area.W ?? 0, area.H ?? 0), recipe.Margin, recipe.Width, recipe.Height),
                    _ => CutByLandmarks(image, face, recipe),
                });
            }

            return ([.. crops], face.Landmarks.Count <= ExtractedFace.FivePoints ? face.Landmarks : [.. face.Landmarks.Take(ExtractedFace.FivePoints)]);
        }
        catch
        {
            crops.ForEach(static crop => crop.Dispose());
            throw;
        }
    }

    private PixelBuffer CutByLandmarks(PixelBuffer image, DetectedFace face, CropRecipe recipe)
    {
        if (recipe.Geometry == CropGeometry.EyesAndNose && align && face.Landmarks.Count >= EyesAndNose
            && AffineFit.Fit([.. face.Landmarks.Take(EyesAndNose)], LandmarkTemplate.Of(recipe)) is { } affine)
        {
            return AffineWarp.Warp(image, affine, recipe.Width, recipe.Height, Interpolation.Bilinear);
        }

        // With fewer than five points the eyes alone give the same transform, less steadily; they come first in both orders.
        int points = face.Landmarks.Count >= ExtractedFace.FivePoints ? ExtractedFace.FivePoints : face.Landmarks.Count >= 2 ? 2 : 0;
        if (points > 0)
        {
            var template = LandmarkTemplate.Of(recipe);
            points = Math.Min(points, template.Length);
            ReadOnlySpan<Vector2> source = [.. face.Landmarks.Take(points)];
            var target = template.AsSpan(0, points);
            var matrix = align ? SimilarityTransform.Fit(source, target) : SimilarityTransform.FitUpright(source, target);
            if (matrix is { } transform)
            {
                return AffineWarp.Warp(image, transform, recipe.Width, recipe.Height, Interpolation.Bilinear);
            }
        }

        var box = PixelBox.Truncate(face.Box);
        using var plain = PixelRegion.Cut(image, box.X, box.Y, Math.Max(1, box.Width), Math.Max(1, box.Height));
        return Letterbox.Fit(plain, recipe.Width, recipe.Height);
    }

    /// <summary>The face with the five points that the landmark detector finds in its surroundings; as it was when it finds none.</summary>
    private DetectedFace FindLandmarks(PixelBuffer image, DetectedFace face, CancellationToken cancellationToken)
    {
        if (landmarkDetector() is not { } detector)
        {
            return face;
        }

        int left = Math.Max(0, (int)(face.Box.X - (face.Box.Width * SurroundingsMargin)));
        int top = Math.Max(0, (int)(face.Box.Y - (face.Box.Height * SurroundingsMargin)));
        int right = Math.Min(image.Width, (int)(face.Box.Right + (face.Box.Width * SurroundingsMargin)));
        int bottom = Math.Min(image.Height, (int)(face.Box.Bottom + (face.Box.Height * SurroundingsMargin)));
        if (right <= left || bottom <= top)
        {
            return face;
        }

        using var surroundings = PixelRegion.Cut(image, left, top, right - left, bottom - top);
        var found = detector.Detect(surroundings, cancellationToken).MaxBy(static candidate => candidate.Box.Area);
        var offset = new Vector2(left, top);
        return found is null ? face : face with { Landmarks = [.. found.Landmarks.Select(point => point + offset)] };
    }
}
