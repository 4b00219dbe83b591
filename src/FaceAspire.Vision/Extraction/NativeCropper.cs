using System.Numerics;
using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Alignment;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Extraction;

/// <summary>Faces in the plain picture, each crop in the geometry that its network was trained with.</summary>
/// <param name="options">What is wanted.</param>
/// <param name="landmarkDetector">Gives the detector that finds missing landmarks; null when the picture's own detector is that one.</param>
internal sealed class NativeCropper(ExtractionOptions options, Func<IFaceDetector?> landmarkDetector) : IFaceCropper
{
    private const int FivePoints = 5;

    // Part of a box's sides added on each side before landmarks are looked for: detectors want a face with its surroundings.
    private const float SurroundingsMargin = 0.5f;

    public int? LeastSide(IFaceDetector detector) => detector.WorkingSide;

    public IReadOnlyList<DetectedFace> Detect(IFaceDetector detector, PixelBuffer image, CancellationToken cancellationToken) =>
        detector.Detect(image, cancellationToken);

    public ExtractedFace? Crop(DecodedPicture picture, DetectedFace face, CancellationToken cancellationToken)
    {
        var inWhole = picture.Reduction == 1 ? face : Enlarge(face, picture.Reduction);
        var box = Expand(inWhole.Box);
        if (box.Right < 1 || box.Bottom < 1 || box.X > picture.Width - 1 || box.Y > picture.Height - 1)
        {
            return null;
        }

        var area = FacialAreas.Of(picture.Width, picture.Height, PixelBox.Truncate(box), inWhole.LeftEye, inWhole.RightEye);
        var crops = picture.Reduction > 1 && options.Crops.All(recipe => IsSharpEnough(face, recipe))
            ? CropAll(picture.Pixels, face with { Box = Expand(face.Box) }, cancellationToken)
            : CropAll(picture.Whole(cancellationToken), inWhole with { Box = box }, cancellationToken);
        return new(area, Math.Round(face.Confidence, 2), crops);
    }

    public ExtractedFace CropWhole(DecodedPicture picture, CancellationToken cancellationToken)
    {
        var whole = new DetectedFace(new(0, 0, picture.Width, picture.Height), [], Confidence: 0);
        return new(FacialAreas.Whole(picture.Width, picture.Height), 0, CropAll(picture.Whole(cancellationToken), whole, cancellationToken));
    }

    /// <summary>Whether no pixel of the crop would be finer than one of the picture that the face was found in.</summary>
    private bool IsSharpEnough(DetectedFace face, CropRecipe recipe)
    {
        if (recipe.Geometry == CropGeometry.Square)
        {
            var box = Expand(face.Box);
            return Math.Max(box.Width, box.Height) * recipe.Margin >= Math.Max(recipe.Width, recipe.Height);
        }

        var template = LandmarkTemplate.Of(recipe);
        return face.Landmarks.Count >= FivePoints && Vector2.Distance(face.Landmarks[0], face.Landmarks[1]) >= Vector2.Distance(template[0], template[1]);
    }

    private static DetectedFace Enlarge(DetectedFace face, int times) => face with
    {
        Box = new(face.Box.X * times, face.Box.Y * times, face.Box.Width * times, face.Box.Height * times),
        Landmarks = [.. face.Landmarks.Select(point => point * times)],
    };

    private List<PixelBuffer> CropAll(PixelBuffer image, DetectedFace face, CancellationToken cancellationToken)
    {
        List<PixelBuffer> crops = [];
        try
        {
            if (face.Landmarks.Count < FivePoints && options.Crops.Any(static recipe => recipe.Geometry is CropGeometry.FivePoint or CropGeometry.Dlib))
            {
                face = FindLandmarks(image, face, cancellationToken);
            }

            foreach (var recipe in options.Crops)
            {
                crops.Add(recipe.Geometry == CropGeometry.Square
                    ? SquareCrop.Cut(image, face.Box, recipe.Margin, recipe.Width, recipe.Height)
                    : CropByLandmarks(image, face, recipe));
            }

            return crops;
        }
        catch
        {
            crops.ForEach(static crop => crop.Dispose());
            throw;
        }
    }

    private PixelBuffer CropByLandmarks(PixelBuffer image, DetectedFace face, CropRecipe recipe)
    {
        // With fewer than five points the eyes alone give the same transform, less steadily; they come first in both orders.
        int points = face.Landmarks.Count >= FivePoints ? FivePoints : face.Landmarks.Count >= 2 ? 2 : 0;
        if (points > 0)
        {
            ReadOnlySpan<Vector2> source = [.. face.Landmarks.Take(points)];
            var target = LandmarkTemplate.Of(recipe).AsSpan(0, points);
            var matrix = options.Align ? SimilarityTransform.Fit(source, target) : SimilarityTransform.FitUpright(source, target);
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

    private FaceBox Expand(FaceBox box)
    {
        float width = box.Width * options.ExpandPercentage / 100;
        float height = box.Height * options.ExpandPercentage / 100;
        return new(box.X - (width / 2), box.Y - (height / 2), box.Width + width, box.Height + height);
    }
}
