using System.Numerics;
using FaceAspire.Contracts.Responses;
using FaceAspire.Vision.Detection;

namespace FaceAspire.Vision.Extraction;

/// <summary>Faces as the wire has them: whole pixels inside the picture.</summary>
internal static class FacialAreas
{
    /// <summary>A box and its eyes, clipped as DeepFace does: the size is not shortened by what the left and upper edge cut off.</summary>
    public static FacialArea Of(int imageWidth, int imageHeight, PixelBox box, Vector2? leftEye, Vector2? rightEye)
    {
        int x = Math.Clamp(box.X, 0, imageWidth - 1);
        int y = Math.Clamp(box.Y, 0, imageHeight - 1);
        int width = Math.Clamp(box.Width, 0, imageWidth - x - 1);
        int height = Math.Clamp(box.Height, 0, imageHeight - y - 1);
        return new(x, y, width, height, PointOf(imageWidth, imageHeight, leftEye), PointOf(imageWidth, imageHeight, rightEye));
    }

    /// <summary>The whole picture, in DeepFace's spelling of it.</summary>
    public static FacialArea Whole(int imageWidth, int imageHeight) => new(0, 0, imageWidth - 1, imageHeight - 1);

    private static int[]? PointOf(int imageWidth, int imageHeight, Vector2? point) =>
        point is { } p && (int)p.X is var x && (int)p.Y is var y && x >= 0 && x < imageWidth && y >= 0 && y < imageHeight ? [x, y] : null;
}
