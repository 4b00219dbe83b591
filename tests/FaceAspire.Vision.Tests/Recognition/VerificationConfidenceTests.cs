using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Vision.Tests.Recognition;

public sealed class VerificationConfidenceTests
{
    // DeepFace's row of Facenet512 and cosine.
    private static readonly ConfidenceCalibration _facenet512 = new(
        -5.868251768046832, 0.8674084834913275, 1.384316, 62.19495119465813, 40.700922463435305, 39.96947059787277, 0.6687247052303562);

    [Fact]
    public void Of_MatchByHand_IsTheStretchedLogistic()
    {
        // 0.2 / 1.384316 = 0.144476; −5.868252 × 0.144476 + 0.867408 = 0.019588; 100 × sigmoid = 50.4897;
        // (50.4897 − 40.7009) / (62.1950 − 40.7009) × (100 − 51) + 51 = 73.32.
        VerificationConfidence.Of(_facenet512, 0.2, verified: true).ShouldBe(73.32, 0.011);
    }

    [Fact]
    public void Of_NonMatchByHand_IsTheStretchedLogistic()
    {
        // 0.9 / 1.384316 = 0.650140; × −5.868252 + 0.867408 = −2.947777; 100 × sigmoid = 4.9834;
        // (4.9834 − 0.6687) / (39.9695 − 0.6687) × 39 = 4.28.
        VerificationConfidence.Of(_facenet512, 0.9, verified: false).ShouldBe(4.28, 0.011);
    }

    [Fact]
    public void Of_AnyDistance_StaysOnItsSide()
    {
        for (double distance = 0; distance <= 2; distance += 0.01)
        {
            VerificationConfidence.Of(_facenet512, distance, verified: true).ShouldBeInRange(51, 100);
            VerificationConfidence.Of(_facenet512, distance, verified: false).ShouldBeInRange(0, 49);
        }
    }

    [Fact]
    public void Of_DistanceZero_IsCertainWithOrWithoutACalibration()
    {
        VerificationConfidence.Of(_facenet512, 0, verified: true).ShouldBe(100);
        VerificationConfidence.Of(_facenet512, 0, verified: false).ShouldBe(0);
        VerificationConfidence.Of(calibration: null, 0, verified: true).ShouldBe(100);
        VerificationConfidence.Of(calibration: null, 0, verified: false).ShouldBe(0);
    }

    [Fact]
    public void Of_NoCalibration_LeansToItsSide()
    {
        VerificationConfidence.Of(calibration: null, 0.2, verified: true).ShouldBe(51);
        VerificationConfidence.Of(calibration: null, 0.9, verified: false).ShouldBe(49);
    }
}
