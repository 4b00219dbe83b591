using System.Numerics;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Responses;
using FaceAspire.Vision.Alignment;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Extraction;

/// <summary>Faces in the plain picture, each crop in the geometry that its network was trained with.</summary>
/// <param name="options">What is wanted.</param>
/// <param name="cutter">Cuts.</param>
internal sealed class NativeCropper(ExtractionOptions options, PictureCutter cutter) : IFaceCropper
{
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
        if (picture.Reduction > 1 && options.Crops.All(recipe => IsSharpEnough(face, recipe)))
        {
            var reduced = CutAll(picture.Pixels, face with { Box = Expand(face.Box) }, area, cancellationToken);
            return reduced with { Landmarks = [.. reduced.Landmarks.Select(point => point * picture.Reduction)] };
        }

        return CutAll(picture.Whole(cancellationToken), inWhole with { Box = box }, area, cancellationToken);
    }

    public ExtractedFace CropWhole(DecodedPicture picture, CancellationToken cancellationToken)
    {
        var whole = new DetectedFace(new(0, 0, picture.Width, picture.Height), [], Confidence: 0);
        var area = FacialAreas.Whole(picture.Width, picture.Height);
        return CutAll(picture.Whole(cancellationToken), whole, area, cancellationToken);
    }

    /// <summary>Whether no pixel of the crop would be finer than one of the picture that the face was found in.</summary>
    private bool IsSharpEnough(DetectedFace face, CropRecipe recipe)
    {
        if (recipe.Geometry == CropGeometry.Surroundings)
        {
            return false; // what betrays a print or a screen is lost first where pixels are averaged
        }

        if (recipe.Geometry == CropGeometry.Square)
        {
            var box = Expand(face.Box);
            return Math.Max(box.Width, box.Height) * recipe.Margin >= Math.Max(recipe.Width, recipe.Height);
        }

        if (recipe.Geometry == CropGeometry.Box)
        {
            var box = Expand(face.Box);
            return Math.Min(box.Width, box.Height) * recipe.Margin >= Math.Max(recipe.Width, recipe.Height);
        }

        var template = LandmarkTemplate.Of(recipe);
        return face.Landmarks.Count >= ExtractedFace.FivePoints && Vector2.Distance(face.Landmarks[0], face.Landmarks[1]) >= Vector2.Distance(template[0], template[1]);
    }

    private static DetectedFace Enlarge(DetectedFace face, int times) => face with
    {
        Box = new(face.Box.X * times, face.Box.Y * times, face.Box.Width * times, face.Box.Height * times),
        Landmarks = [.. face.Landmarks.Select(point => point * times)],
    };

    private ExtractedFace CutAll(PixelBuffer image, DetectedFace face, FacialArea area, CancellationToken cancellationToken)
    {
        var (crops, landmarks) = cutter.Cut(image, face, area, options.Crops, cancellationToken);
        return new(area, Math.Round(face.Confidence, 2), crops) { Landmarks = landmarks };
    }

    private FaceBox Expand(FaceBox box)
    {
        float width = box.Width * options.ExpandPercentage / 100;
        float height = box.Height * options.ExpandPercentage / 100;
        return new(box.X - (width / 2), box.Y - (height / 2), box.Width + width, box.Height + height);
    }
}
