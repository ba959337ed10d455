/** What the first page says. */
export default {
  title: '长期照护师技能等级认定',
  candidate: '我是考生',
  candidate_what: '输入准考证号，参加理论知识考试',
  verify: '核验证书和成绩',
  verify_what: '看一份成绩是不是真的，或者把一个批次的试卷重抽一遍，不用联网也行',
  staff: '工作人员',
  examiner: '考评员',
  examiner_what: '操作技能评分',
  invigilator: '监考员',
  invigilator_what: '考场、座位、开考',
  organization: '评价组织',
  organization_what: '批次、抽题、成绩、证书；考评组长、保管人、督导员也从这里进',
  complaint: '投诉与咨询：{contact}',
} as const;
