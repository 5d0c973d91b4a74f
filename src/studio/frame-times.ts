/** When a frame comes on and for how long, in seconds from the beginning of the video. */
export interface FrameTime {
  startS: number;
  durationS: number;
}

/**
 * A slide could be one long frame, and some players do show that wrongly: they stall when sought into it, or
 * drop the last one. A frame a second costs almost nothing, as nothing moves.
 */
const longestFrameS = 1;

/** The frames of each scene, for scenes that last this long one after the other. */
export function frameTimesOf(scenes: readonly { durationS: number }[]): FrameTime[][] {
  let sceneStartS = 0;
  return scenes.map(({ durationS }) => {
    const times: FrameTime[] = [];
    for (let offsetS = 0; offsetS < durationS; offsetS += longestFrameS) {
      times.push({ startS: sceneStartS + offsetS, durationS: Math.min(longestFrameS, durationS - offsetS) });
    }
    sceneStartS += durationS;
    return times;
  });
}
