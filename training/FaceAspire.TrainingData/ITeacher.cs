using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.TrainingData;

/// <summary>A network whose answers another one is to learn.</summary>
internal interface ITeacher
{
    /// <summary>Name of the file of its answers.</summary>
    string Name { get; }

    /// <summary>What it says of a face: always as many numbers.</summary>
    /// <param name="image">The whole picture.</param>
    /// <param name="face">Where the face is.</param>
    /// <param name="crop">Its 112×112 crop of the five-point template.</param>
    float[] Tell(PixelBuffer image, DetectedFace face, PixelBuffer crop);
}
