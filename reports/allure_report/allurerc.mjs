export default {
  name: process.env.DMM_REPORT_TITLE,
  appendHistory: false,
  categories: [
    { name: "The venue or the listing is not as required", matchers: { statuses: ["failed"] } },
    { name: "Blocked: a prerequisite is missing", matchers: { statuses: ["broken"], message: /^BLOCKED/ } },
    { name: "Not finished, or the suite broke", matchers: { statuses: ["broken"] } },
  ],
  plugins: {
    awesome: {
      options: {
        singleFile: true,
        reportLanguage: "en",
        groupBy: ["epic", "feature"],
        defaultSortBy: "name,asc",
        theme: "auto",
      },
    },
  },
};
