using System.Numerics;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Vision.Alignment;

/// <summary>DeepFace's alignment: the face's surroundings turned until the eyes are level, and the box cut from them in its own size.</summary>
/// <remarks>Follows <c>detection.extract_face</c>, <c>align_img_wrt_eyes</c> and <c>project_facial_area</c> of DeepFace 0.0.100 in every truncation.</remarks>
public static class EyeLineAligner
{
    /// <summary>Cuts the face upright.</summary>
    /// <param name="image">The picture. What lies outside it is black.</param>
    /// <param name="box">The (expanded) box in whole pixels of the picture; may stick out.</param>
    /// <param name="rightEye">The person's right eye.</param>
    /// <param name="leftEye">The person's left eye.</param>
    /// <returns>The crop, at most as large as the box; null when nothing of the box is left, or when it is larger than DeepFace's frame.</returns>
    public static PixelBuffer? Align(PixelBuffer image, PixelBox box, Vector2 rightEye, Vector2 leftEye)
    {
        // A crop is as large as its box. No face exceeds the picture with its border, so none costs more than four times the picture.
        if (box.Width > 2L * image.Width || box.Height > 2L * image.Height)
        {
            return null;
        }

        int marginX = box.Width / 2;
        int marginY = box.Height / 2;
        int width = box.Width + (2 * marginX);
        int height = box.Height + (2 * marginY);
        double angle = Math.Atan2(leftEye.Y - rightEye.Y, leftEye.X - rightEye.X) * (180 / Math.PI);
        var face = ProjectBox(new(marginX, marginY, box.Width, box.Height), angle, width, height);
        if (face.Width <= 0 || face.Height <= 0)
        {
            return null;
        }

        // DeepFace copies the surroundings, rotates all of them and cuts the face out. Going from the picture to the face in one step gives the same pixels.
        var rotation = AffineMatrix.Rotation(width / 2, height / 2, angle, scale: 1);
        double originX = box.X - marginX;
        double originY = box.Y - marginY;
        var toCrop = rotation with
        {
            M13 = rotation.M13 - (rotation.M11 * originX) - (rotation.M12 * originY) - face.X,
            M23 = rotation.M23 - (rotation.M21 * originX) - (rotation.M22 * originY) - face.Y,
        };
        return AffineWarp.Warp(image, toCrop, face.Width, face.Height, Interpolation.Bicubic);
    }

    /// <summary>Where the box comes to lie when the picture is rotated about its middle; its size stays, its corners are truncated and clipped.</summary>
    internal static PixelBox ProjectBox(PixelBox box, double angleDegrees, int width, int height)
    {
        if (angleDegrees == 0)
        {
            return box;
        }

        int direction = angleDegrees >= 0 ? 1 : -1;
        double angle = Math.Abs(angleDegrees) % 360 * Math.PI / 180;
        double x = box.X + (box.Width / 2.0) - (width / 2.0);
        double y = box.Y + (box.Height / 2.0) - (height / 2.0);
        double centerX = (x * Math.Cos(angle)) + (direction * y * Math.Sin(angle)) + (width / 2.0);
        double centerY = (-direction * x * Math.Sin(angle)) + (y * Math.Cos(angle)) + (height / 2.0);
        int left = Math.Max((int)(centerX - (box.Width / 2.0)), 0);
        int top = Math.Max((int)(centerY - (box.Height / 2.0)), 0);
        int right = Math.Min((int)(centerX + (box.Width / 2.0)), width);
        int bottom = Math.Min((int)(centerY + (box.Height / 2.0)), height);
        return new(left, top, right - left, bottom - top);
    }
}
