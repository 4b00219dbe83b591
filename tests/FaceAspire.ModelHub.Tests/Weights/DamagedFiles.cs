using FaceAspire.ModelHub.Weights;

namespace FaceAspire.ModelHub.Tests.Weights;

/// <summary>What every reader of weights has to bear.</summary>
internal static class DamagedFiles
{
    /// <summary>Changes every byte, one after the other: the file is read whole, or refused with <see cref="InvalidDataException"/> and with nothing else.</summary>
    /// <param name="whole">A sound file.</param>
    /// <param name="timesEach">How often each byte gets another value.</param>
    /// <param name="open">Opens a file of these bytes.</param>
    public static void ShouldBeReadOrRefused(byte[] whole, int timesEach, Func<byte[], WeightFile> open)
    {
        Random random = new(13);
        for (int i = 0; i < whole.Length * timesEach; i++)
        {
            byte[] damaged = [.. whole];
            damaged[i / timesEach] ^= (byte)random.Next(1, 256);
            try
            {
                using var file = open(damaged);
                foreach (var tensor in file.Groups.SelectMany(static group => group.Tensors))
                {
                    tensor.ToArray();
                }
            }
            catch (InvalidDataException)
            {
            }
        }
    }
}
