using System.Buffers;
using System.Numerics;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Contracts.Responses;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Pose;

namespace FaceAspire.Vision.Quality;

/// <summary>Tells quality, pose and landmarks of faces. Safe to call on many threads at once.</summary>
/// <param name="network">Scores the quality; null where the catalogue has no such network.</param>
public sealed class FaceDescriber(QualityNetwork? network)
{
    private const int Decimals = 2;
    private const int ScoreDecimals = 4;

    /// <summary>The crop that descriptions need of every face: aligned, so that blur and brightness of faces of any size compare, and with it the five points.</summary>
    public static CropRecipe Crop { get; } = new(CropGeometry.FivePoint, Width: 112, Height: 112);

    /// <summary>The crops that a request of these details needs besides its own: none, or <see cref="Crop"/>.</summary>
    public static IReadOnlyList<CropRecipe> CropsFor(IReadOnlyList<FaceDetail> details) => details.Count > 0 ? [Crop] : [];

    /// <summary>Describes a face.</summary>
    /// <param name="face">The face, with <see cref="Crop"/> as its last crop where anything is asked.</param>
    /// <param name="details">What is asked.</param>
    /// <param name="cancellationToken">Stops the network.</param>
    /// <exception cref="FaceAspireException">The quality network's file is another than it should be, or the network failed.</exception>
    public FaceDescription Describe(ExtractedFace face, IReadOnlyList<FaceDetail> details, CancellationToken cancellationToken) => new(
        details.Contains(FaceDetail.Quality) ? QualityOf(face, cancellationToken) : null,
        details.Contains(FaceDetail.Pose) ? PoseOf(face) : null,
        details.Contains(FaceDetail.Landmarks) ? LandmarksOf(face) : null);

    /// <summary>The quality's score alone, for a caller that cannot do without it: 0 to 1, as <see cref="Describe"/> tells it.</summary>
    /// <param name="crop">The face's <see cref="Crop"/>.</param>
    /// <param name="cancellationToken">Stops the network.</param>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.ModelUnavailable"/>: the quality network is not here; or it failed.</exception>
    public double RequireQuality(PixelBuffer crop, CancellationToken cancellationToken) => network is null
        ? throw new FaceAspireException(ErrorCode.ModelUnavailable, "There is no model that scores the quality of faces.")
        : Math.Round(network.RequireScore(crop, cancellationToken), ScoreDecimals);

    private static FacePose? PoseOf(ExtractedFace face) => face.Landmarks.Count == ExtractedFace.FivePoints && HeadPose.Of([.. face.Landmarks]) is { } pose
        ? new(Math.Round(pose.Yaw, Decimals), Math.Round(pose.Pitch, Decimals), Math.Round(pose.Roll, Decimals))
        : null;

    private static FaceLandmarks? LandmarksOf(ExtractedFace face) => face.Landmarks is [var rightEye, var leftEye, var nose, var mouthRight, var mouthLeft]
        ? new(Point(rightEye), Point(leftEye), Point(nose), Point(mouthRight), Point(mouthLeft))
        : null;

    private static double[] Point(Vector2 point) => [Math.Round(point.X, Decimals), Math.Round(point.Y, Decimals)];

    private FaceQuality QualityOf(ExtractedFace face, CancellationToken cancellationToken)
    {
        var crop = face.Crops[^1];
        int length = crop.Width * crop.Height;
        using var owner = MemoryPool<byte>.Shared.Rent(length);
        var luma = owner.Memory.Span[..length];
        Grayscale.ToLuma(crop, luma);
        long sum = 0;
        foreach (byte value in luma)
        {
            sum += value;
        }

        return new(
            network?.Score(crop, cancellationToken) is { } score ? Math.Round(score, ScoreDecimals) : null,
            Math.Round(Sharpness.VarianceOfLaplacian(luma, crop.Width, crop.Height), Decimals),
            Math.Round(sum / (double)length / byte.MaxValue, 4),
            Math.Min(face.Area.W ?? 0, face.Area.H ?? 0));
    }
}
