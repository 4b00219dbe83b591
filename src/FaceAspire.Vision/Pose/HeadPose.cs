using System.Numerics;

namespace FaceAspire.Vision.Pose;

/// <summary>Where a head is turned, in degrees: R = Rz(roll) · Ry(yaw) · Rx(−pitch) turns a face that looks straight into the camera.</summary>
/// <param name="Yaw">Above 0 when turned to the person's own right, the left of the picture; −90 to 90.</param>
/// <param name="Pitch">Above 0 when it looks up; −180 to 180.</param>
/// <param name="Roll">Above 0 when it leans clockwise in the picture; −180 to 180.</param>
public readonly record struct HeadPose(double Yaw, double Pitch, double Roll)
{
    // A mean face in pixels of the 112×112 ArcFace template made symmetric (LandmarkTemplate), x right, y down, z away from the camera: right eye, left eye, nose,
    // right and left mouth corner. The depth of the nose, 0.57 of the distance between the eyes, is where turning, measured on 25 photos, agrees best with a pose
    // network (pose_hopenet) while staying within what noses are.
    private static readonly Vector3[] _face =
        [new(-17.6186f, 51.5989f, 0), new(17.6186f, 51.5989f, 0), new(0, 71.7366f, -20), new(-14.5903f, 92.2848f, 0), new(14.5903f, 92.2848f, 0)];

    // Inverse of the scatter of the face's points about their mean: x is independent of y and z by symmetry.
    private static readonly Vector3 _mean = (_face[0] + _face[1] + _face[2] + _face[3] + _face[4]) / 5;
    private static readonly (double XX, double YY, double YZ, double ZZ) _inverse = InverseScatter();

    /// <summary>The mean face.</summary>
    internal static ReadOnlySpan<Vector3> Face => _face;

    /// <summary>The pose by the five landmarks; null when they give none, as when they lie on one line.</summary>
    /// <remarks>Scaled orthographic projection: the 2×3 matrix that takes the mean face to the points with the least squares (the POS step of DeMenthon and Davis,
    /// "Model-Based Object Pose in 25 Lines of Code", IJCV 15, 1995), then the nearest matrix of two orthogonal rows of one length, its polar factor. Exact for a
    /// face of the mean's shape seen from afar; a face of another shape is off by a few degrees, mostly in pitch.</remarks>
    /// <param name="landmarks">Right eye, left eye, nose, right and left mouth corner, the person's own, x right, y down.</param>
    /// <exception cref="ArgumentException">There are not five.</exception>
    public static HeadPose? Of(ReadOnlySpan<Vector2> landmarks)
    {
        if (landmarks.Length != _face.Length)
        {
            throw new ArgumentException($"A pose is told by {_face.Length} points, not {landmarks.Length}.", nameof(landmarks));
        }

        var mean = Vector2.Zero;
        foreach (var point in landmarks)
        {
            mean += point / _face.Length;
        }

        Row x = default;
        Row y = default;
        for (int i = 0; i < _face.Length; i++)
        {
            var model = _face[i] - _mean;
            var point = landmarks[i] - mean;
            x = x.Add(model, point.X);
            y = y.Add(model, point.Y);
        }

        return Turn(x.Times(_inverse), y.Times(_inverse));
    }

    /// <summary>The pose of the rotation nearest to two rows.</summary>
    private static HeadPose? Turn(Row x, Row y)
    {
        // (M Mᵀ)^(−1/2) M: the square root of a symmetric 2×2 matrix has a closed form.
        double a = x.Dot(x), b = x.Dot(y), d = y.Dot(y);
        double determinant = (a * d) - (b * b);
        if (!(determinant > 1e-12 * (a + d) * (a + d)))
        {
            return null;
        }

        double s = Math.Sqrt(determinant);
        double t = Math.Sqrt(a + d + (2 * s));
        var first = x.Combine((d + s) / (s * t), y, -b / (s * t));
        var second = y.Combine((a + s) / (s * t), x, -b / (s * t));
        var third = first.Cross(second);
        return new(
            Degrees(Math.Asin(Math.Clamp(-third.X, -1, 1))),
            -Degrees(Math.Atan2(third.Y, third.Z)),
            Degrees(Math.Atan2(second.X, first.X)));
    }

    private static double Degrees(double radians) => radians * 180 / Math.PI;

    private static (double XX, double YY, double YZ, double ZZ) InverseScatter()
    {
        double xx = 0, yy = 0, yz = 0, zz = 0;
        foreach (var point in _face)
        {
            var p = point - _mean;
            xx += p.X * p.X;
            yy += p.Y * p.Y;
            yz += p.Y * p.Z;
            zz += p.Z * p.Z;
        }

        double determinant = (yy * zz) - (yz * yz);
        return (1 / xx, zz / determinant, -yz / determinant, yy / determinant);
    }

    /// <summary>A row of a 2×3 matrix in double precision.</summary>
    private readonly record struct Row(double X, double Y, double Z)
    {
        public Row Add(Vector3 model, float weight) => new(X + (model.X * weight), Y + (model.Y * weight), Z + (model.Z * weight));

        public Row Times((double XX, double YY, double YZ, double ZZ) m) => new(X * m.XX, (Y * m.YY) + (Z * m.YZ), (Y * m.YZ) + (Z * m.ZZ));

        public double Dot(Row other) => (X * other.X) + (Y * other.Y) + (Z * other.Z);

        public Row Combine(double own, Row other, double others) => new((X * own) + (other.X * others), (Y * own) + (other.Y * others), (Z * own) + (other.Z * others));

        public Row Cross(Row other) => new((Y * other.Z) - (Z * other.Y), (Z * other.X) - (X * other.Z), (X * other.Y) - (Y * other.X));
    }
}
