import { createTheme, type MantineColorsTuple } from "@mantine/core";

const steel: MantineColorsTuple = [
  "#edf3fa",
  "#d7e3f1",
  "#aac6e3",
  "#7aa6d5",
  "#528bc9",
  "#3a7ac2",
  "#2b6cb0",
  "#1f5a96",
  "#1a4f85",
  "#103f6e",
];

/** The greys of the dark theme: those of theme.css, so that a sheet, a field or a button is no other grey than the page. */
const dark: MantineColorsTuple = [
  "#e7eaed",
  "#c7ced5",
  "#a7b1bb",
  "#7f8a95",
  "#4a545e",
  "#333b43",
  "#252c33",
  "#1a1f24",
  "#13171b",
  "#0f1215",
];

/** The work's type is 13–14 px on a 4 px grid (Mantine's own steps are larger). */
export const theme = createTheme({
  primaryColor: "steel",
  primaryShade: { light: 7, dark: 6 }, // white stands on both: Mantine chooses the text by the light one alone
  autoContrast: true,
  colors: { steel, dark },
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: '"DejaVu Sans Mono", Consolas, monospace',
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  lineHeights: { xs: "16px", sm: "20px", md: "20px", lg: "24px", xl: "28px" },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  radius: { xs: "2px", sm: "4px", md: "6px", lg: "8px", xl: "12px" },
  defaultRadius: "sm",
  headings: {
    fontWeight: "600",
    sizes: { h1: { fontSize: "20px" }, h2: { fontSize: "16px" }, h3: { fontSize: "14px" } },
  },
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "sm" } },
    TextInput: { defaultProps: { size: "sm" } },
    Modal: { defaultProps: { transitionProps: { duration: 120 } } },
    Menu: { defaultProps: { transitionProps: { duration: 100 } } },
    // In the work, not beside it: what a screen reader meets lies in a landmark.
    Tooltip: {
      defaultProps: {
        portalProps: { target: "#work" },
        openDelay: 300,
        transitionProps: { duration: 100 },
        multiline: true,
        maw: 360,
      },
    },
  },
});
