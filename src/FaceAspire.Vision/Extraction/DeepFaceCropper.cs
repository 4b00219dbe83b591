using System.Numerics;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Responses;
using FaceAspire.Vision.Alignment;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Extraction;

/// <summary>DeepFace's <c>extract_faces</c>: detection in a picture with a black border when faces are aligned, whole pixels throughout.
/// Crops of other geometries are cut from the plain picture, around the face found so.</summary>
/// <param name="options">What is wanted.</param>
/// <param name="cutter">Cuts the other geometries.</param>
/// <param name="eyes">Finds the eyes that the detector does not give; null when nobody is to look for them.</param>
internal sealed class DeepFaceCropper(ExtractionOptions options, PictureCutter cutter, EyeFinder? eyes) : IFaceCropper
{
    private readonly CropRecipe[] _others = [.. options.Crops.Where(static recipe => recipe.Geometry != CropGeometry.Eyes)];

    /// <summary>DeepFace's numbers come from every pixel.</summary>
    public int? LeastSide(IFaceDetector detector) => null;

    public IReadOnlyList<DetectedFace> Detect(IFaceDetector detector, PixelBuffer image, CancellationToken cancellationToken) =>
        detector.DetectAsDeepFace(FrameOf(image), cancellationToken);

    public ExtractedFace? Crop(DecodedPicture picture, DetectedFace face, CancellationToken cancellationToken)
    {
        var image = picture.Whole(cancellationToken);
        var frame = FrameOf(image);
        var box = PixelBox.Truncate(face.Box).Expand(options.ExpandPercentage, frame.Width, frame.Height);
        var border = new Vector2(frame.PadX, frame.PadY);
        var inPicture = box with { X = box.X - frame.PadX, Y = box.Y - frame.PadY };
        if (eyes is not null && face.RightEye is null)
        {
            face = FindEyes(image, frame, box, face, cancellationToken);
        }

        using var crop = options.Align && face is { RightEye: { } rightEye, LeftEye: { } leftEye }
            ? EyeLineAligner.Align(image, inPicture, rightEye - border, leftEye - border)
            : CutPlain(image, frame, box);
        if (crop is null)
        {
            return null;
        }

        var area = FacialAreas.Of(
            picture.Width,
            picture.Height,
            inPicture,
            face.LeftEye - border,
            face.RightEye - border);
        var inImage = face with
        {
            Box = new(inPicture.X, inPicture.Y, inPicture.Width, inPicture.Height),
            Landmarks = [.. face.Landmarks.Select(point => point - border)],
        };
        return CutAll(crop, image, inImage, area, cancellationToken);
    }

    public ExtractedFace CropWhole(DecodedPicture picture, CancellationToken cancellationToken)
    {
        var image = picture.Whole(cancellationToken);
        var area = FacialAreas.Whole(picture.Width, picture.Height);
        return CutAll(image, image, new(new(0, 0, image.Width, image.Height), [], Confidence: 0), area, cancellationToken);
    }

    private DetectorFrame FrameOf(PixelBuffer image) => options.Align ? DetectorFrame.Padded(image) : DetectorFrame.Plain(image);

    /// <summary>The part of the box that lies in the frame; the frame's border is black.</summary>
    private static PixelBuffer? CutPlain(PixelBuffer image, in DetectorFrame frame, PixelBox box)
    {
        int left = Math.Max(0, box.X);
        int top = Math.Max(0, box.Y);
        int width = Math.Min(box.X + box.Width, frame.Width) - left;
        int height = Math.Min(box.Y + box.Height, frame.Height) - top;
        return width > 0 && height > 0 ? PixelRegion.Cut(image, left - frame.PadX, top - frame.PadY, width, height) : null;
    }

    /// <summary>The face with the eyes that are found in its crop; as it was when there are not two.</summary>
    private DetectedFace FindEyes(PixelBuffer image, in DetectorFrame frame, PixelBox box, DetectedFace face, CancellationToken cancellationToken)
    {
        using var plain = CutPlain(image, frame, box);
        var corner = new Vector2(box.X, box.Y);
        return plain is not null && eyes!.Find(plain, cancellationToken) is var (right, left)
            ? face with { Landmarks = [corner + right, corner + left] }
            : face;
    }

    /// <summary>All crops in the options' order.</summary>
    private ExtractedFace CutAll(PixelBuffer crop, PixelBuffer image, DetectedFace face, FacialArea area, CancellationToken cancellationToken)
    {
        var (cut, landmarks) = cutter.Cut(image, face, area, _others, cancellationToken);
        var others = new Queue<PixelBuffer>(cut);
        List<PixelBuffer> crops = [];
        try
        {
            foreach (var recipe in options.Crops)
            {
                crops.Add(recipe.Geometry == CropGeometry.Eyes ? Fit(crop, recipe) : others.Dequeue());
            }

            return new(area, Math.Round(face.Confidence, 2), crops) { Landmarks = landmarks };
        }
        catch
        {
            crops.ForEach(static made => made.Dispose());
            foreach (var other in others)
            {
                other.Dispose();
            }

            throw;
        }
    }

    private static PixelBuffer Fit(PixelBuffer crop, CropRecipe recipe) =>
        IsNaturalSize(recipe) ? PixelRegion.Cut(crop, 0, 0, crop.Width, crop.Height) : Letterbox.Fit(crop, recipe.Width, recipe.Height);

    private static bool IsNaturalSize(CropRecipe recipe) => recipe.Width == 0 || recipe.Height == 0;
}
