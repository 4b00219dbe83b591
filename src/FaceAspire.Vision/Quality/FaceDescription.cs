using FaceAspire.Contracts.Responses;

namespace FaceAspire.Vision.Quality;

/// <summary>What is told of a face besides; null what was not asked for, or needs points that were not found.</summary>
/// <param name="Quality">How good its picture is.</param>
/// <param name="Pose">Where the head is turned.</param>
/// <param name="Landmarks">The five points.</param>
public readonly record struct FaceDescription(FaceQuality? Quality, FacePose? Pose, FaceLandmarks? Landmarks);
