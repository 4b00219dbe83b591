using System.Numerics;

namespace FaceAspire.Vision.Imaging;

/// <summary>An affine map from source to destination pixels: x′ = M11·x + M12·y + M13, y′ = M21·x + M22·y + M23.</summary>
/// <param name="M11">x to x′.</param>
/// <param name="M12">y to x′.</param>
/// <param name="M13">Shift of x′ in pixels.</param>
/// <param name="M21">x to y′.</param>
/// <param name="M22">y to y′.</param>
/// <param name="M23">Shift of y′ in pixels.</param>
public readonly record struct AffineMatrix(double M11, double M12, double M13, double M21, double M22, double M23)
{
    /// <summary>Whether every number is finite and the map can be undone.</summary>
    public bool IsInvertible => double.IsFinite(M11 + M12 + M13 + M21 + M22 + M23) && (M11 * M22) - (M12 * M21) != 0;

    /// <summary>Rotation about a point, counter-clockwise for positive angles as seen on the screen: OpenCV's <c>getRotationMatrix2D</c>.</summary>
    public static AffineMatrix Rotation(double centerX, double centerY, double angleDegrees, double scale)
    {
        double angle = angleDegrees * Math.PI / 180;
        double a = Math.Cos(angle) * scale;
        double b = Math.Sin(angle) * scale;
        return new(a, b, ((1 - a) * centerX) - (b * centerY), -b, a, (b * centerX) + ((1 - a) * centerY));
    }

    /// <summary>The map from destination to source.</summary>
    /// <exception cref="InvalidOperationException">The map cannot be undone.</exception>
    public AffineMatrix Invert()
    {
        if (!IsInvertible)
        {
            throw new InvalidOperationException("The matrix is singular or not finite.");
        }

        double scale = 1 / ((M11 * M22) - (M12 * M21));
        double a = M22 * scale;
        double b = -M12 * scale;
        double c = -M21 * scale;
        double d = M11 * scale;
        return new(a, b, -(a * M13) - (b * M23), c, d, -(c * M13) - (d * M23));
    }

    /// <summary>Where a point goes.</summary>
    public Vector2 Apply(Vector2 point) => new((float)((M11 * point.X) + (M12 * point.Y) + M13), (float)((M21 * point.X) + (M22 * point.Y) + M23));
}
