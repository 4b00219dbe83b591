using System.Numerics;
using FaceAspire.Contracts.Responses;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Extraction;

/// <summary>Faces as the wire has them: whole pixels inside the picture.</summary>
internal static class FacialAreas
{
    /// <summary>A box and its eyes, clipped as DeepFace does: the size is not shortened by what the left and upper edge cut off.</summary>
    public static FacialArea Of(PixelBuffer image, PixelBox box, Vector2? leftEye, Vector2? rightEye)
    {
        int x = Math.Clamp(box.X, 0, image.Width - 1);
        int y = Math.Clamp(box.Y, 0, image.Height - 1);
        int width = Math.Clamp(box.Width, 0, image.Width - x - 1);
        int height = Math.Clamp(box.Height, 0, image.Height - y - 1);
        return new(x, y, width, height, PointOf(image, leftEye), PointOf(image, rightEye));
    }

    /// <summary>The whole picture, in DeepFace's spelling of it.</summary>
    public static FacialArea Whole(PixelBuffer image) => new(0, 0, image.Width - 1, image.Height - 1);

    private static int[]? PointOf(PixelBuffer image, Vector2? point) =>
        point is { } p && (int)p.X is var x && (int)p.Y is var y && x >= 0 && x < image.Width && y >= 0 && y < image.Height ? [x, y] : null;
}
